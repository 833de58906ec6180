import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startWorld, type World } from './bench.ts';

let world: World;
let page: Page;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.policy('pay');
  page = await world.browser.context.newPage();
  await page.goto(world.paywall.page('/xhr', '<title>XHR</title>'));
  await page.evaluate(() => {
    const types = 'readystatechange loadstart progress load loadend error abort timeout'.split(' ');
    Object.assign(globalThis, {
      /** Writes down every event of a request, as a page can see it: handlers, listeners, captures, uploads. */
      record(xhr: XMLHttpRequest, upload: 'listeners' | 'handlers' | 'none') {
        const log: string[] = [];
        const note = (how: string) => (event: Event) => {
          const size = event instanceof ProgressEvent && event.type !== 'progress' ? event.loaded : '';
          log.push(`${how} ${event.type} ${xhr.readyState} ${xhr.status} ${size}`);
        };
        for (const type of types) {
          Object.assign(xhr, { [`on${type}`]: note('on') });
          xhr.addEventListener(type, note('capture'), true);
          xhr.addEventListener(type, note('listen'));
          if (upload === 'listeners') xhr.upload.addEventListener(type, note('upload'));
          if (upload === 'handlers') Object.assign(xhr.upload, { [`on${type}`]: note('upload') });
        }
        return new Promise((resolve) => xhr.addEventListener('loadend', () => setTimeout(resolve, 50, log)));
      },
    });
  });
});
afterEach(() => page.close());

declare const record: (
  xhr: XMLHttpRequest,
  upload: 'listeners' | 'handlers' | 'none',
) => Promise<readonly string[]>;

/** What the page did and saw; run in the page against a URL, which may cost something or not. */
const scripts: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  'GET with all its events': (url) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'none');
    xhr.open('GET', url);
    xhr.send();
    return log;
  },
  'POST with listeners on its upload': (url) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'listeners');
    xhr.open('post', url);
    xhr.setRequestHeader('X-Custom', 'one');
    xhr.setRequestHeader('X-Custom', 'two');
    xhr.send('some text');
    return log;
  },
  'POST with handlers on its upload': (url) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'handlers');
    xhr.open('POST', url);
    xhr.send(new Blob(['blob'], { type: 'text/plain' }));
    return log;
  },
  'a form with a file, changed after it was sent': async (url) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'none');
    const form = new FormData();
    form.append('file', new Blob(['content'], { type: 'text/plain' }), 'name.txt');
    xhr.open('POST', url);
    xhr.send(form);
    form.append('more', 'of it');
    await log;
    return [xhr.status, xhr.responseText.includes('name.txt'), xhr.responseText.includes('more')];
  },
  'bytes, overwritten after they were sent': async (url) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'none');
    const bytes = new Uint8Array([65, 66, 67, 68]);
    xhr.open('PUT', url);
    xhr.responseType = 'json';
    xhr.send(bytes.subarray(1, 3));
    bytes.fill(90);
    await log;
    return xhr.response;
  },
  'answered as bytes': async (url) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'none');
    xhr.open('GET', url);
    xhr.responseType = 'arraybuffer';
    xhr.send();
    await log;
    return [xhr.response instanceof ArrayBuffer, xhr.getResponseHeader('content-type')];
  },
  'a class of its own': async (url) => {
    class Own extends XMLHttpRequest {
      readonly sent: string[] = [];
      override send(body?: XMLHttpRequestBodyInit | null): void {
        this.sent.push('once');
        super.send(body);
      }
    }
    const xhr = new Own();
    const log = record(xhr, 'none');
    xhr.open('GET', url);
    xhr.send();
    return [await log, xhr.sent, xhr instanceof XMLHttpRequest, xhr.constructor === Own];
  },
  'one object for two requests': async (url) => {
    const xhr = new XMLHttpRequest();
    const first = record(xhr, 'none');
    xhr.open('GET', `${url}&one`);
    xhr.send();
    await first;
    const second = record(xhr, 'none');
    xhr.open('POST', `${url}&two`);
    xhr.send('again');
    return second;
  },
  'opened again from within its end': (url) =>
    new Promise((resolve) => {
      const xhr = new XMLHttpRequest();
      xhr.open('GET', `${url}&one`);
      xhr.onload = () => {
        xhr.onload = () => resolve([xhr.status, xhr.responseURL.endsWith('two')]);
        xhr.open('GET', `${url}&two`);
        xhr.send();
      };
      xhr.send();
    }),
  'a redirect': async (url) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'none');
    xhr.open('GET', `/to?${encodeURIComponent(url)}`);
    xhr.send();
    await log;
    return [xhr.status, xhr.responseURL.endsWith(url)];
  },
};

describe('an XMLHttpRequest that is held and paid is for the page what a free one is', () => {
  test.each(Object.keys(scripts))('%s', async (name) => {
    const script = scripts[name];
    if (script === undefined) throw new Error(name);
    const base = `/paid/xhr?x=${encodeURIComponent(name)}`;
    for (const path of [base, `${base}&free`]) {
      world.paywall.serve(`/to?${encodeURIComponent(path)}`, (_, response) => {
        response.writeHead(302, { Location: path }).end();
      });
    }
    const free = await page.evaluate(script, `${base}&free`);
    const paid = await page.evaluate(script, base);
    expect(JSON.parse(JSON.stringify(paid).replaceAll('&free', ''))).toEqual(
      JSON.parse(JSON.stringify(free).replaceAll('&free', '')),
    );
    const served = world.paywall.served.filter(({ path }) => path.startsWith(base) && !path.includes('free'));
    expect(served.length).toBeGreaterThan(0);
    expect(served.filter(({ status }) => status === 402)).toHaveLength(served.length / 2);
    expect(new Set(served.map(({ body }) => body.replace(/-{4,}\w+/g, ''))).size).toBeLessThanOrEqual(2);
  });
});

test('of another origin, with cookies, and without a preflight that a free one would not have', async () => {
  const url = `${world.paywall.there}/paid/xhr-cors?cors=credentials`;
  const status = await page.evaluate(async (target) => {
    const xhr = new XMLHttpRequest();
    const end = record(xhr, 'none');
    xhr.open('POST', target);
    xhr.withCredentials = true;
    // Only looked at: what listens to nothing must not cost a preflight.
    if (xhr.upload) xhr.send('text');
    await end;
    return xhr.status;
  }, url);
  expect(status).toBe(200);
  const served = world.paywall.at('/paid/xhr-cors?cors=credentials');
  expect(served.map(({ method, status: answer }) => [method, answer])).toEqual([
    ['POST', 402],
    ['POST', 200],
  ]);
});

test('the page sees its own 402 when it is released', async () => {
  await world.policy('release');
  const seen = await page.evaluate(async () => {
    const xhr = new XMLHttpRequest();
    const log: string[] = [];
    for (const type of ['readystatechange', 'loadstart', 'load', 'loadend']) {
      xhr.addEventListener(type, () => log.push(`${type} ${xhr.readyState} ${xhr.status}`));
    }
    const end = record(xhr, 'none');
    xhr.open('GET', '/paid/xhr-released');
    xhr.send();
    await end;
    return { log, body: xhr.responseText, offer: xhr.getResponseHeader('payment-required') };
  });
  expect(seen).toEqual({
    log: ['readystatechange 1 0', 'loadstart 1 0', 'readystatechange 4 402', 'load 4 402', 'loadend 4 402'],
    body: '{"paid":false}',
    offer: expect.stringMatching(/^offer-/),
  });
  expect(world.paywall.at('/paid/xhr-released')).toHaveLength(1);
});

test('an abort while it is held ends it', async () => {
  await world.policy('wait');
  const log = page.evaluate(() => {
    const xhr = new XMLHttpRequest();
    const seen = record(xhr, 'none');
    xhr.open('GET', '/paid/xhr-aborted');
    xhr.send();
    Object.assign(globalThis, { xhr });
    return seen;
  });
  await expect.poll(async () => (await world.seen('/paid/xhr-aborted')).challenges).toHaveLength(1);
  await page.evaluate('xhr.abort()');
  expect((await log).filter((line) => line.startsWith('listen')).map((line) => line.split(' ')[1])).toEqual([
    'readystatechange',
    'loadstart',
    'abort',
    'loadend',
  ]);
});

test('a timeout counts the request, not the hold', async () => {
  await world.policy('wait');
  const status = page.evaluate(async () => {
    const xhr = new XMLHttpRequest();
    const end = record(xhr, 'none');
    xhr.open('GET', '/paid/xhr-timeout');
    xhr.timeout = 1000;
    xhr.send();
    const log = await end;
    return [xhr.status, log.some((line) => line.includes('timeout'))];
  });
  await expect.poll(async () => (await world.seen('/paid/xhr-timeout')).challenges).toHaveLength(1);
  await world.browser.worker.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const challenge = bench.challenges.find(({ url }) => url.endsWith('/paid/xhr-timeout'));
    if (challenge !== undefined) await bench.deliver(challenge);
  });
  expect(await status).toEqual([200, false]);
});

test('a synchronous one cannot wait: the page has its 402, the purse says so', async () => {
  const status = await page.evaluate(() => {
    const xhr = new XMLHttpRequest();
    xhr.open('GET', '/paid/xhr-sync', false);
    xhr.send();
    return xhr.status;
  });
  expect(status).toBe(402);
  const { poll } = expect;
  await poll(async () => (await world.seen('/paid/xhr-sync')).unheld, { timeout: 5000 }).toHaveLength(1);
  expect((await world.seen('/paid/xhr-sync')).challenges).toEqual([]);
});
