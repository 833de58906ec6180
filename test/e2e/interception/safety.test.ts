import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Challenge } from '../../../src/interception/challenge.ts';
import { startWorld, type World } from './harness.ts';

let world: World;
let page: Page;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.policy('pay');
  page = await world.browser.context.newPage();
  await page.goto(world.paywall.page('/safety', '<title>Safety</title>'));
});
afterEach(() => page.close());

const proofs = (path: string) => world.paywall.at(path).map(({ proof }) => proof);
const rules = () => world.browser.worker.evaluate(() => chrome.declarativeNetRequest.getSessionRules());
const ask = (url: string, init?: RequestInit, on: Page = page) =>
  on.evaluate(([target, options]) => fetch(target, options).then(({ status }) => status), [
    url,
    init ?? {},
  ] as const);

/** The challenge that waits for a path. */
async function waiting(path: string): Promise<Challenge> {
  await expect.poll(async () => (await world.seen(path)).challenges).toHaveLength(1);
  const [challenge] = (await world.seen(path)).challenges;
  if (challenge === undefined) throw new Error(`No challenge for ${path}`);
  return challenge;
}

describe('a proof that is on its way reaches no other request', () => {
  const path = '/paid/target?a=1';
  const other = async () => {
    const tab = await world.browser.context.newPage();
    await tab.goto(`${world.paywall.here}/safety`);
    return tab;
  };
  let tabId: number;

  beforeEach(async () => {
    await world.policy('release');
    await ask('/paid/where');
    tabId = (await world.seen('/paid/where')).challenges.at(-1)?.tabId ?? -1;
    const target = {
      tabId,
      kind: 'xmlhttprequest' as const,
      url: world.paywall.here + path,
      method: 'POST',
      initiators: ['127.0.0.1'],
    };
    await world.browser.worker.evaluate((value) => testApi.arm(value, 'armed'), target);
  });
  afterEach(() =>
    world.browser.worker.evaluate(async () => {
      const rules = await chrome.declarativeNetRequest.getSessionRules();
      await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: rules.map(({ id }) => id) });
    }),
  );

  const post = { method: 'POST', body: '1' };
  test.each([
    ['another method', () => ask(path)],
    ['another URL', () => ask('/paid/target?a=12', post)],
    ['a URL that is a part of it', () => ask('/paid/target', post)],
    ['a URL in another case', () => ask('/paid/Target?a=1', post)],
    ['another host', () => ask(`${world.paywall.there}/paid/target?a=1&cors`, post)],
    ['another tab', async () => ask(path, post, await other())],
    [
      'a frame of another site',
      async () => {
        const src = world.paywall.page('/inner', '').replace(world.paywall.here, world.paywall.there);
        const frame = await page.evaluateHandle(async (url) => {
          const element = document.createElement('iframe');
          element.src = url;
          const loaded = new Promise((resolve) => element.addEventListener('load', resolve));
          document.body.append(element);
          await loaded;
          return element;
        }, src);
        const inner = await frame.contentFrame();
        await inner?.evaluate(
          (url) => fetch(url, { method: 'POST', mode: 'no-cors' }),
          world.paywall.here + path,
        );
      },
    ],
    [
      'a document',
      async () => {
        const sent = page.waitForURL(world.paywall.here + path);
        await page.evaluate((action) => {
          const form = document.createElement('form');
          Object.assign(form, { method: 'post', action });
          document.body.append(form);
          form.submit();
        }, path);
        await sent;
      },
    ],
  ])('%s', async (_, request) => {
    const before = world.paywall.served.length;
    await request();
    await expect.poll(() => world.paywall.served.length).toBeGreaterThan(before);
    expect(world.paywall.served.slice(before).map(({ proof }) => proof)).not.toContain('armed');
    await page.goto(`${world.paywall.here}/safety`);
    await ask(`${path}#part`, post);
    expect(proofs(path).at(-1)).toBe('armed');
  });
});

test('a proof that another document’s request carried counts as not delivered, and its answer is not awaited', async () => {
  const path = '/paid/stranger';
  const url = world.paywall.here + path;
  await page.evaluate((target) => void fetch(target, { mode: 'no-cors' }), url);
  await world.untilToLoad(path);
  // A frame of the same host, and of the page's own origin: no rule of the browser can tell it from the page.
  const inner = await page.evaluateHandle(async (src) => {
    const frame = Object.assign(document.createElement('iframe'), { src });
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    document.body.append(frame);
    await loaded;
    return frame;
  }, '/safety');
  await (await inner.contentFrame())?.evaluate((target) => fetch(target, { mode: 'no-cors' }), url);
  await expect
    .poll(async () => (await world.seen(path)).deliveries)
    .toMatchObject([{ delivery: { kind: 'unanswered', reason: 'stranger' } }]);
  expect(proofs(path).filter((proof) => proof !== null)).toHaveLength(1);
  expect(await rules()).toEqual([]);
});

test('a rule that names no single request is gone after a while, and later requests carry no proof', async () => {
  const path = '/paid/short';
  await page.evaluate((target) => void fetch(target, { mode: 'no-cors' }), path);
  await world.untilToLoad(path);
  expect(await rules()).toHaveLength(1);
  await expect.poll(rules).toEqual([]);
  await page.evaluate((target) => fetch(target, { mode: 'no-cors' }), path);
  await page.reload();
  await page.evaluate((target) => fetch(target, { mode: 'no-cors' }), path);
  await expect.poll(() => proofs(path).filter((proof) => proof !== null)).toHaveLength(1);
});

test('a proof is sent once: the same request later is another request', async () => {
  expect(await ask('/paid/once')).toBe(200);
  await world.policy('release');
  expect(await ask('/paid/once')).toBe(402);
  expect(proofs('/paid/once')).toEqual([null, expect.stringMatching(/^proof-/), null]);
  await expect.poll(rules).toEqual([]);
});

describe('URLs that mean something in the language of rules', () => {
  test.each([
    ['/paid/a*b'],
    ['/paid/a^b|c'],
    ['/paid/?a=1?b=2'],
    ['/paid/100%25(c)[d]+$e.f'],
    ['/paid/{a}?b={2,3}&c=\\d'],
    ['/paid/||a|?|b'],
    ['/paid/%E2%82%AC?q=%23'],
    ['4000 letters', `/paid/${'x'.repeat(4000)}`],
    ['8000 characters', `/paid/?q=${'a.b*c+d(e)[f]'.repeat(610)}`],
  ])('%s', async (name, path = name) => {
    expect(await ask(`${path}#fragment`)).toBe(200);
    const served = world.paywall.served.filter(({ proof }) => proof !== null).at(-1);
    const written = await page.evaluate((url) => {
      const { pathname, search } = new URL(url, location.href);
      return pathname + search;
    }, path);
    expect(served?.path).toBe(written);
  });

  test('one beyond the length limit is not paid', async () => {
    const path = `/paid/${'y'.repeat(8200)}`;
    expect(await ask(path)).toBe(402);
    expect((await world.seen(path)).unheld).toHaveLength(1);
  });
});

test('several identical tabs are paid each with its own proof', async () => {
  const path = '/paid/tabs?as=html';
  const tabs = await Promise.all([1, 2, 3].map(() => world.browser.context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto(world.paywall.here + path)));
  await Promise.all(tabs.map((tab) => tab.waitForFunction(() => document.title === 'Paid')));
  const sent = proofs(path).filter((proof) => proof !== null);
  expect(sent).toHaveLength(3);
  expect(new Set(sent).size).toBe(3);
  await Promise.all(tabs.map((tab) => tab.close()));
});

test('a page that forges the handshake is ignored', async () => {
  const before = await world.browser.worker.evaluate(() => testApi.challenges.length + testApi.unheld.length);
  const heard = await page.evaluate(async () => {
    const answers: unknown[] = [];
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => answers.push(data);
    const untaken = dispatchEvent(new MessageEvent('nano-purse', { ports: [port2], cancelable: true }));
    port1.postMessage({ id: 1, url: '/paid/forged', method: 'GET' });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    return { untaken, answers };
  });
  expect(heard).toEqual({ untaken: true, answers: [] });
  expect(await world.browser.worker.evaluate(() => testApi.challenges.length + testApi.unheld.length)).toBe(
    before,
  );
});

describe('a frame that runs no scripts gives its parent no access to the bridge', () => {
  /** What a page hears that offers ports to the window of a frame, in the moment of its making or until it is loaded. */
  const offered = (frame: Readonly<Record<string, string>>, isAtOnce: boolean) =>
    page.evaluate(
      async ([attributes, atOnce]) => {
        const element = document.createElement('iframe');
        for (const name in attributes) element.setAttribute(name, attributes[name] ?? '');
        const heard: unknown[] = [];
        const offer = (view: Window | null) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => heard.push(data);
          const event = new MessageEvent('nano-purse', { ports: [port2], cancelable: true });
          if (view?.dispatchEvent(event) !== true) heard.push('taken');
          port1.postMessage({ id: 1, url: `${location.origin}/paid/forged`, method: 'GET' });
        };
        const loaded = new Promise((resolve) => element.addEventListener('load', resolve));
        document.body.append(element);
        if (atOnce) offer(element.contentWindow);
        await loaded;
        offer(element.contentWindow);
        const [inner] = element.contentDocument?.querySelectorAll('iframe') ?? [];
        if (inner !== undefined) offer(inner.contentWindow);
        // A page that is heard is answered at last when no 402 came for what it says it holds.
        await new Promise((resolve) => setTimeout(resolve, 2500));
        element.remove();
        return heard;
      },
      [frame, isAtOnce] as const,
    );

  const sandbox = 'allow-same-origin';
  test.each([
    ['empty, as soon as it is made', { sandbox }, true],
    ['srcdoc', { sandbox, srcdoc: '<p>text' }, true],
    ['of a page', { sandbox, src: '/safety' }, true],
    ['of a page that its server sandboxes', { src: '/unscripted' }, false],
    ['with a frame in it', { sandbox, srcdoc: '<iframe src="/safety"></iframe>' }, false],
  ])('%s', async (_, frame, isAtOnce) => {
    world.paywall.page('/unscripted', '<p>text', { 'Content-Security-Policy': 'sandbox allow-same-origin' });
    expect(await offered(frame, isAtOnce)).toEqual([]);
  });
});

test('a page that takes the handshake of its own frame gets no retry for requests of others', async () => {
  await world.policy('wait');
  const other = await world.browser.context.newPage();
  await other.goto(`${world.paywall.here}/safety`);
  const held = ask('/paid/others', {}, other).catch(() => 'closed');
  await waiting('/paid/others');
  const answers = await page.evaluate(async () => {
    const frame = document.createElement('iframe');
    frame.src = location.href;
    document.body.append(frame);
    // The frame's first document keeps this window, and who listens in it.
    const view = frame.contentWindow;
    const port = new Promise<MessagePort | undefined>((resolve) => {
      view?.addEventListener('nano-purse', (event) => {
        event.stopImmediatePropagation();
        resolve((event as MessageEvent).ports[0]);
      });
    });
    const taken = await port;
    if (taken === undefined) throw new Error('No port');
    taken.start();
    const heard: unknown[] = [];
    return new Promise((resolve) => {
      taken.addEventListener('message', ({ data }) => {
        heard.push(data);
        if (data.id === 2) resolve(heard);
      });
      for (const odd of [null, 1, { id: {}, url: 1 }, { id: 1, url: null }]) taken.postMessage(odd);
      taken.postMessage({ id: 2, url: new URL('/paid/others', location.href).href, method: 'GET' });
    });
  });
  expect(answers).toContainEqual({ id: 2, go: false });
  expect(JSON.stringify(answers)).not.toContain('true');
  expect((await world.seen('/paid/others')).challenges).toHaveLength(1);
  expect(proofs('/paid/others')).toEqual([null]);
  await other.close();
  expect(await held).toBe('closed');
});

test('a page that replaces every global learns only whether to retry, and is served', async () => {
  const seen = await page.evaluate(async () => {
    const caught: unknown[] = [];
    const mend: Array<() => void> = [];
    const { defineProperty, getOwnPropertyDescriptor, apply } = Reflect;
    const spy = (owner: object, name: string) => {
      const descriptor = getOwnPropertyDescriptor(owner, name) ?? {};
      const how = descriptor.get === undefined ? 'value' : 'get';
      const native = descriptor[how];
      mend.push(() => defineProperty(owner, name, descriptor));
      defineProperty(owner, name, {
        ...descriptor,
        [how](...args: unknown[]) {
          const result = apply(native, this, args);
          caught[caught.length] = [args, result];
          return result;
        },
      });
    };
    spy(MessageEvent.prototype, 'data');
    spy(MessagePort.prototype, 'postMessage');
    spy(EventTarget.prototype, 'addEventListener');
    spy(Response.prototype, 'headers');
    spy(Headers.prototype, 'has');
    spy(Map.prototype, 'get');
    spy(WeakMap.prototype, 'get');
    spy(Promise.prototype, 'then');
    spy(Function.prototype, 'apply');
    spy(Function.prototype, 'call');
    Object.assign(Object.prototype, { get: () => 'bent', apply: () => 'bent', construct: () => 'bent' });
    const answer = fetch('/paid/bent');
    for (const name of ['get', 'apply', 'construct']) Reflect.deleteProperty(Object.prototype, name);
    const { status } = await answer;
    for (const one of mend) one();
    return { status, caught: JSON.stringify(caught) };
  });
  expect(seen.status).toBe(200);
  expect(seen.caught).not.toMatch(/proof|offer|"go"|\/paid/);
});

test('a worker that is killed while a request is held resumes it when it is restarted', async () => {
  await world.policy('wait');
  const answer = ask('/paid/killed', { method: 'POST', body: 'kept' });
  const first = await waiting('/paid/killed');
  const life = await world.browser.worker.evaluate(() => testApi.life);
  await world.policy('pay');
  await world.killWorker();
  expect(await answer).toBe(200);
  expect(await world.browser.worker.evaluate(() => testApi.life)).not.toBe(life);
  expect((await world.seen('/paid/killed')).challenges).toEqual([first]);
  expect(proofs('/paid/killed')).toEqual([null, `proof-${first.id}`]);
});

test('a worker that is killed while a document waits resumes it, unless the tab was left', async () => {
  await world.policy('wait');
  const [stays, leaves] = ['/paid/stays?as=html', '/paid/leaves?as=html'];
  const left = await world.browser.context.newPage();
  await page.goto(world.paywall.here + stays);
  await left.goto(world.paywall.here + leaves);
  const first = await waiting(stays);
  await waiting(leaves);
  await left.goto(`${world.paywall.here}/safety`);
  await world.policy('pay');
  await world.killWorker();
  await ask('/paid/wakes', undefined, left);
  await page.waitForFunction(() => document.title === 'Paid');
  expect((await world.seen(stays)).challenges).toEqual([first]);
  expect((await world.seen(leaves)).challenges).toEqual([]);
  expect(proofs(leaves)).toEqual([null]);
  await left.close();
});

test('a rule that a killed worker left behind is removed before the next is armed', async () => {
  const target = {
    tabId: 1,
    kind: 'image' as const,
    url: `${world.paywall.here}/paid/orphan`,
    method: 'GET',
    initiators: null,
  };
  await world.browser.worker.evaluate((value) => testApi.arm(value, 'orphan'), target);
  await world.killWorker();
  expect(await ask('/paid/after-orphan')).toBe(200);
  const rules = await world.browser.worker.evaluate(() => chrome.declarativeNetRequest.getSessionRules());
  expect(JSON.stringify(rules)).not.toContain('orphan');
});
