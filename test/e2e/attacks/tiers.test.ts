import fc from 'fast-check';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bridgeRequests, CHANGED, pageRequests } from '../../../src/messages/contract.ts';
import { WORK_PORT, WORK_READY_PORT } from '../../../src/pages/offscreen/ports.ts';
import { parseThreshold, parseWorkRoot } from '../../../src/work/difficulty.ts';
import type { Request } from '../../../src/work/wire/messages.ts';
import { besideOther, OTHER_PAGE } from '../other-extension.ts';
import { openTestBed, type TestBed } from '../setup.ts';

const NAMES = [...Object.keys(pageRequests), ...Object.keys(bridgeRequests)];
const PORTS = [WORK_PORT, WORK_READY_PORT, 'any'];
/** What the service worker says when it wants work, for a root whose every nonce will do. */
const REQUEST: Request = {
  kind: 'solve',
  id: 0,
  engine: 'cpu',
  root: parseWorkRoot('0'.repeat(64)),
  threshold: parseThreshold('0'.repeat(16)),
  urgency: 'foreground',
};

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { extraArgs: besideOther() } });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

const self = () => testBed.purse.url('').slice(0, -1);

/** Evaluates in the world of the purse's own script in the page. */
async function inBridge<T>(expression: string): Promise<T> {
  const session = await testBed.purse.context.newCDPSession(page);
  const bridge = new Promise<number>((resolve) => {
    session.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.origin === self()) resolve(context.id);
    });
  });
  await session.send('Runtime.enable');
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression,
    contextId: await bridge,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
  return result.value as T;
}

/** Says what becomes of each message: the answer's fault, or why there was none. */
const sayAll = (to: string) => `Promise.all(${JSON.stringify([...NAMES, 'purse.nothing'])}.map((request) =>
  chrome.runtime.sendMessage(${to}{ request, input: {} }).then(({ fault }) => fault?.key ?? 'heard', ({ message }) => message)))`;
/** Opens every port, asks for work that any engine finds at once, and keeps what is heard. */
const askForWork = `for (const name of ${JSON.stringify(PORTS)}) {
  globalThis.heard ??= [];
  const port = chrome.runtime.connect({ name });
  port.onMessage.addListener((message) => heard.push(message));
  port.postMessage(${JSON.stringify(REQUEST)});
}`;
/** Says what comes over each port before it is closed; \`open\` for one that nobody closes. */
const connectAll = (
  to: string,
) => `Promise.all(${JSON.stringify(PORTS)}.map((name) => new Promise((resolve) => {
  const port = chrome.runtime.connect(${to}{ name });
  const heard = [];
  port.onMessage.addListener((message) => heard.push(message));
  port.onDisconnect.addListener(() => resolve(heard));
  port.postMessage(${JSON.stringify(REQUEST)});
})))`;

describe('another extension', () => {
  beforeEach(() => page.goto(OTHER_PAGE));

  test('gets no response to any message, as if the purse were not installed', async () => {
    const to = `${JSON.stringify(testBed.purse.extensionId)}, `;
    const nobody = 'Could not establish connection. Receiving end does not exist.';
    expect(await page.evaluate(sayAll(to))).toEqual(Array(NAMES.length + 1).fill(nobody));
    // One that is not installed looks the same.
    expect(await page.evaluate(sayAll(`${JSON.stringify('a'.repeat(32))}, `))).toEqual(
      Array(NAMES.length + 1).fill(nobody),
    );
  });

  test('cannot open a port', async () => {
    const to = `${JSON.stringify(testBed.purse.extensionId)}, `;
    expect(await page.evaluate(connectAll(to))).toEqual(PORTS.map(() => []));
  });
});

describe('a page', () => {
  test('has no function to send messages', async () => {
    for (const url of [testBed.at('/free'), testBed.at('/page')]) {
      await page.goto(url);
      expect(
        await page.evaluate(() => [
          typeof (globalThis as { chrome?: { runtime?: unknown } }).chrome?.runtime,
          typeof (globalThis as { browser?: unknown }).browser,
        ]),
      ).toEqual(['undefined', 'undefined']);
    }
  });

  test('cannot tell that the purse is there: requests for its files fail as for an extension that is not installed', async () => {
    await page.goto(testBed.at('/free'));
    const seen = (id: string) =>
      page.evaluate(
        async ([origin, ...paths]) => {
          performance.clearResourceTimings();
          const outcomes: unknown[] = [];
          for (const path of paths) {
            const url = `${origin}/${path}`;
            const element = (tag: 'img' | 'script' | 'link' | 'iframe' | 'audio') =>
              new Promise((resolve) => {
                const one = document.createElement(tag);
                one.onload = () => resolve('load');
                one.onerror = () => resolve('error');
                Object.assign(one, tag === 'link' ? { rel: 'stylesheet', href: url } : { src: url });
                document.body.append(one);
              });
            outcomes.push([
              await fetch(url).catch(String),
              await fetch(url, { mode: 'no-cors' }).catch(String),
              await element('img'),
              await element('script'),
              await element('link'),
              await element('iframe'),
              await element('audio'),
            ]);
          }
          const timings = performance
            .getEntriesByType('resource')
            .map(({ name, ...entry }) => [name.replace(origin ?? '', ''), Object.keys(entry)]);
          const marks = [performance.getEntriesByType('mark'), performance.getEntriesByType('measure')];
          for (const one of document.querySelectorAll('img, script, link, iframe, audio')) one.remove();
          return { outcomes, timings, marks };
        },
        [
          `chrome-extension://${id}`,
          'manifest.json',
          'src/pages/approve/index.html',
          'src/pages/popup/index.html',
          'icons/purse.svg',
          '_locales/en/messages.json',
        ],
      );
    const [there, absent] = [await seen(testBed.purse.extensionId), await seen('a'.repeat(32))];
    expect(there).toEqual(absent);
    expect(there.marks).toEqual([[], []]);
  });
});

describe('the purse’s content script, if its page controlled it,', () => {
  beforeEach(() => page.goto(testBed.at('/free')));

  test('is refused every message but its own, and its own for a request that it does not hold', async () => {
    const own: Readonly<Record<string, string>> = {
      'request.held': 'fault_badMessage',
      'request.dropped': 'fault_badMessage',
      'link.clicked': 'fault_badMessage',
      // Says something of its own document only.
      'document.left': 'heard',
    };
    expect(Object.keys(own)).toEqual(Object.keys(bridgeRequests));
    expect(await inBridge(sayAll(''))).toEqual(
      [...NAMES, 'purse.nothing'].map((name) => own[name] ?? 'fault_forbidden'),
    );
    const input = { holdId: '1', url: testBed.at('/article'), method: 'GET' };
    const mark = await testBed.mark();
    expect(
      await inBridge(`chrome.runtime.sendMessage(${JSON.stringify({ request: 'request.held', input })})`),
    ).toEqual({
      ok: true,
      value: 'release',
    });
    expect(await testBed.purse.ask('approval.list', {})).toEqual([]);
    await testBed.nothingSince(mark);
    // Opens no window while its user has not switched payment links on.
    const link = { request: 'link.clicked', input: { text: `nano:${testBed.purse.account}?amount=1` } };
    expect(await inBridge(`chrome.runtime.sendMessage(${JSON.stringify(link)})`)).toEqual({
      ok: true,
      value: false,
    });
  });

  test('cannot make the purse’s pages load their data again', async () => {
    const popup = await testBed.purse.popup();
    await popup.getByTestId('balance').waitFor();
    interface Counted {
      asked: number;
      heard: { ours: number; theirs: number };
    }
    await popup.evaluate(() => {
      const counted = globalThis as unknown as Counted;
      const { runtime } = chrome;
      const send = runtime.sendMessage.bind(runtime);
      runtime.onMessage.addListener((_message, { tab }) => {
        counted.heard[tab === undefined ? 'ours' : 'theirs'] += 1;
      });
      runtime.sendMessage = ((message: { request?: string }) => {
        if (message.request === 'purse.state') counted.asked += 1;
        return send(message);
      }) as typeof runtime.sendMessage;
    });
    const says = `Promise.allSettled(Array.from({ length: 20 }, () => chrome.runtime.sendMessage(${JSON.stringify(CHANGED)})))`;
    /** What the popup does about it, in a moment in which the background itself has nothing to tell. */
    const round = async () => {
      await popup.evaluate(() => {
        Object.assign(globalThis, { asked: 0, heard: { ours: 0, theirs: 0 } });
      });
      await inBridge(says);
      const count = () =>
        popup.evaluate(() => {
          const { asked, heard } = globalThis as unknown as Counted;
          return { asked, ...heard };
        });
      await expect.poll(async () => (await count()).theirs).toBe(20);
      return count();
    };
    await expect.poll(round).toEqual({ asked: 0, ours: 0, theirs: 20 });
    await popup.close();
  });

  test('gets a refusal or no response for arbitrary messages, and the purse goes on working', async () => {
    const noise = fc.oneof(
      fc.json().map((text): unknown => JSON.parse(text)),
      fc.record({
        request: fc.constantFrom(...NAMES, '__proto__', 'constructor', 'toString'),
        input: fc.jsonValue(),
      }),
      fc.record({
        request: fc.constant('request.held'),
        input: fc.record({ holdId: fc.string(), url: fc.string(), method: fc.string() }),
      }),
    );
    const messages: unknown[] = [
      ...fc.sample(noise, 200),
      JSON.parse(
        '{"request":"purse.state","__proto__":{"ok":true},"input":{"constructor":{"prototype":{"ok":true}}}}',
      ),
      { request: 'x'.repeat(2_000_000), input: 'y'.repeat(2_000_000) },
      { request: 'request.held', input: { holdId: '1', url: 'z'.repeat(1_000_000), method: 'GET' } },
      {
        request: 'purse.state',
        input: {},
        sender: { id: testBed.purse.extensionId, origin: self() },
        tier: 'page',
      },
    ];
    const replies = await inBridge<readonly unknown[]>(
      `Promise.all(${JSON.stringify(messages)}.map((message) =>
        chrome.runtime.sendMessage(message).then((reply) => reply ?? null, () => null)))`,
    );
    expect(replies).toHaveLength(messages.length);
    /** What the purse answers its own script, if the message is one, where it holds no request and no link is paid. */
    const harmless: Readonly<Record<string, unknown>> = {
      'request.held': 'release',
      'request.dropped': null,
      'link.clicked': false,
      'document.left': null,
    };
    for (const [at, reply] of replies.entries()) {
      if (reply === null) continue;
      const { ok, value, fault } = reply as { ok: boolean; value?: unknown; fault?: { key: string } };
      const { request } = messages[at] as { request: string };
      if (ok) expect([request, value]).toEqual([request, harmless[request]]);
      else expect(['fault_forbidden', 'fault_badMessage']).toContain(fault?.key);
    }
    expect(await testBed.purse.ask('purse.state', {})).toMatchObject({ kind: 'open' });
    expect(await testBed.purse.payments()).toEqual([]);
  });
});

describe('the engines of the offscreen document', () => {
  test.each([
    ['the purse’s own script in a page', () => testBed.at('/free'), inBridge],
    ['a page of the purse', () => `${self()}/manifest.json`, (text: string) => page.evaluate(text)],
  ])('do not work for %s, only for the service worker', async (_, at, evaluate) => {
    await page.goto(at());
    // Opens the offscreen document, which then listens.
    await testBed.purse.ask('work.test', {});
    await evaluate(askForWork);
    // Searches in the same document: it has answered this later request, so it has not answered the earlier one.
    await testBed.purse.ask('work.test', {});
    expect(await evaluate('heard')).toEqual([]);
  });
});

describe('after locking', () => {
  test.each(['awake', 'just woken'])('nothing is left in the session: %s', async (how) => {
    const { purse } = testBed;
    const ownPage = await purse.popup();
    const session = () => ownPage.evaluate(() => chrome.storage.session.get(null));
    void page.goto(testBed.at('/article', { how })).catch(() => undefined);
    await purse.nextApproval();
    expect(Object.keys(await session()).map((key) => key.replace(/:.*/, ''))).toEqual(
      expect.arrayContaining(['vault', 'challenge']),
    );
    if (how === 'just woken') await purse.killWorker();
    await purse.ask('vault.lock', {});
    const left = Object.keys(await session()).filter(
      (key) => !['retiredEngines', 'workRestsUntil', 'store'].includes(key),
    );
    expect(left).toEqual([]);
    await purse.ask('vault.unlock', { password: 'correct horse battery staple' });
    await ownPage.close();
  });
});
