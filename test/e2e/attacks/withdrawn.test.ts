/** What a script asked for and no longer waits for: it is neither asked about nor paid. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Paywall, startPaywall } from '../interception/paywall.ts';
import { openTestBed, PRICE, type TestBed, XNO } from '../setup.ts';
import { openShop } from './shop.ts';

let testBed: TestBed;
let stranger: Paywall;
let page: Page;
let visits = 0;

beforeAll(async () => {
  [testBed, stranger] = await Promise.all([openTestBed(), startPaywall()]);
});
afterAll(async () => {
  await testBed?.close();
  await stranger?.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
  await page.goto(testBed.at('/free'));
});
afterEach(async () => {
  await page.close();
  await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
  await testBed.purse.ask('budget.remove', { site: testBed.merchant.origin });
});

const allow = (perDay = 5n * XNO) =>
  testBed.purse.ask('budget.save', {
    site: testBed.merchant.origin,
    perPayment: String(XNO),
    perDay: String(perDay),
    paused: false,
  });
const data = () => testBed.at('/api/data', { mechanism: 'nanoSignature', visit: String(++visits) });
const waiting = (count: number) => testBed.purse.until('approval.list', {}, ({ length }) => length === count);

/**
 * Resolved when everything that the page asked for before has been decided about: what is asked for last, and is never
 * held, is asked about last.
 */
async function decided(): Promise<void> {
  const url = data();
  await page.evaluate((address) => {
    const xhr = new XMLHttpRequest();
    xhr.open('GET', address, false);
    xhr.send();
  }, url);
  const asked = await testBed.purse.until('approval.list', {}, (list) => list.some((one) => one.url === url));
  expect(asked).toMatchObject([{ url, reason: expect.stringMatching(/reason_(unheld|newSite)/) }]);
  const [question] = asked;
  await testBed.purse.ask('approval.answer', { id: question?.id ?? '', answer: { kind: 'decline' } });
}

/** Types into a box that asks with every key and takes back what it asked before; gives what each key got. */
const typeAhead = (url: string, way: 'fetch' | 'XMLHttpRequest') =>
  page.evaluate(
    async ([url, way]) => {
      let takeBack = () => {};
      const ask = (address: string) =>
        new Promise<number | string>((resolve) => {
          if (way === 'fetch') {
            const control = new AbortController();
            takeBack = () => control.abort();
            fetch(address, { signal: control.signal }).then(
              ({ status }) => resolve(status),
              (error: Error) => resolve(error.name),
            );
            return;
          }
          const xhr = new XMLHttpRequest();
          takeBack = () => xhr.abort();
          xhr.onload = () => resolve(xhr.status);
          xhr.onabort = () => resolve('AbortError');
          xhr.open('GET', address);
          xhr.send();
        });
      const got: Promise<number | string>[] = [];
      for (const typed of ['a', 'al', 'alp', 'alph', 'alpha', 'alphab', 'alphabe', 'alphabet']) {
        takeBack();
        got.push(ask(`${url}&q=${typed}`));
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      return Promise.all(got);
    },
    [url, way] as const,
  );

describe('inside a budget', () => {
  beforeEach(() => allow());

  test.each(['fetch', 'XMLHttpRequest'] as const)(
    'a type-ahead box that takes back all but its last %s costs one payment',
    async (way) => {
      const mark = await testBed.mark();
      const url = data();
      expect(await typeAhead(url, way)).toEqual([...Array(7).fill('AbortError'), 200]);
      await decided();
      expect(await testBed.paidSince(mark)).toMatchObject([{ state: 'settled', url: `${url}&q=alphabet` }]);
    },
  );

  test.each(['fetch', 'XMLHttpRequest'])(
    'a busy page that takes back what was answered already, and asks again by %s, pays once a view',
    async (way) => {
      const mark = await testBed.mark();
      const urls = [data(), data(), data(), data()];
      const got = await page.evaluate(
        async ([views, by]) => {
          const statuses: number[] = [];
          for (const url of views) {
            let takeBack: () => void;
            if (by === 'fetch') {
              const control = new AbortController();
              void fetch(url, { signal: control.signal }).catch(() => undefined);
              takeBack = () => control.abort();
            } else {
              const xhr = new XMLHttpRequest();
              xhr.open('GET', url);
              xhr.send();
              takeBack = () => xhr.abort();
            }
            // Its 402 comes while the page is busy: the network layer has seen it, and the page has not.
            for (const until = performance.now() + 400; performance.now() < until; );
            takeBack();
            statuses.push((await fetch(url)).status);
          }
          return statuses;
        },
        [urls, way] as const,
      );
      expect(got).toEqual([200, 200, 200, 200]);
      await decided();
      expect((await testBed.paidSince(mark)).map(({ url }) => url)).toEqual(urls);
    },
  );

  test('a busy page that aborts a request after its response arrived pays nothing', async () => {
    const mark = await testBed.mark();
    await page.evaluate((url) => {
      const control = new AbortController();
      void fetch(url, { signal: control.signal }).catch(() => undefined);
      for (const until = performance.now() + 400; performance.now() < until; );
      control.abort();
    }, data());
    await decided();
    await testBed.nothingSince(mark);
  });

  test('a request that is taken back while it is paid for, and sent again, is paid once and served', async () => {
    const mark = await testBed.mark();
    const url = data();
    testBed.devnet.faults.set({ kind: 'latency', action: 'process', ms: 700 });
    const got = page.evaluate(async (address) => {
      const control = new AbortController();
      Object.assign(globalThis, { control });
      await fetch(address, { signal: control.signal }).catch(() => undefined);
      return (await fetch(address)).status;
    }, url);
    await testBed.purse.until('activity.page', { before: null, limit: 1 }, ({ items: [newest] }) => {
      return newest?.kind === 'payment' && newest.url === url && newest.state === 'signed';
    });
    await page.evaluate('control.abort()');
    expect(await got).toBe(200);
    testBed.devnet.faults.clear();
    expect(await testBed.paidSince(mark)).toMatchObject([{ state: 'settled' }]);
  });

  test('a request of a worker, or of a script that does not wait, is asked about: only a reload of the page gets it', async () => {
    const mark = await testBed.mark();
    await page.evaluate((url) => {
      const code = `fetch(${JSON.stringify(url)})`;
      new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
    }, data());
    const { offer, decline } = await testBed.purse.nextApproval();
    expect(offer).toMatchObject({
      reason: 'reason_unheld',
      warnings: expect.arrayContaining(['warning_loadAgain']),
    });
    await decline();
    await testBed.nothingSince(mark);
  });

  test('requests that workers abort before the body of their responses are neither paid nor asked about', async () => {
    const mark = await testBed.mark();
    const priced = await fetch(openShop(testBed, stranger, () => ({})).url);
    // The body never ends: the request is under way when it is taken back.
    const slow = [1, 2, 3, 4, 5, 6].map((nth) =>
      stranger.serve(`/slow-${nth}`, (_, response) => {
        const header = priced.headers.get('payment-required') ?? '';
        response
          .writeHead(402, { 'PAYMENT-REQUIRED': header, 'Access-Control-Allow-Origin': '*' })
          .write('wait');
      }),
    );
    // Each by a worker of its own: the browser reports the abort of the same worker now by one error, now by another.
    await page.evaluate(async (urls) => {
      for (const url of urls) {
        const code = `
          const control = new AbortController();
          const response = await fetch(${JSON.stringify(url)}, { signal: control.signal });
          control.abort();
          postMessage(response.status);`;
        const script = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
        const worker = new Worker(script, { type: 'module' });
        await new Promise((resolve) => worker.addEventListener('message', resolve));
      }
    }, slow);
    await decided();
    await testBed.nothingSince(mark);
  });
});

describe('without a budget', () => {
  test('a type-ahead box asks one question, about its last request', async () => {
    const mark = await testBed.mark();
    const url = data();
    const got = typeAhead(url, 'fetch');
    const { offer, approve } = await testBed.purse.nextApproval();
    expect(offer.url).toBe(`${url}&q=alphabet`);
    await approve();
    expect(await got).toEqual([...Array(7).fill('AbortError'), 200]);
    await decided();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  const fetchInFrame = `
    const frame = document.body.appendChild(document.createElement('iframe'));
    frame.contentWindow.fetch(url).catch(() => undefined);`;
  const ways: readonly [string, string, (page: Page) => Promise<unknown>][] = [
    [
      'aborts its fetch',
      'globalThis.control = new AbortController(); fetch(url, { signal: control.signal }).catch(() => undefined)',
      (one) => one.evaluate('control.abort()'),
    ],
    [
      'has a fetch with a time limit',
      'fetch(url, { signal: AbortSignal.timeout(1500) }).catch(() => undefined)',
      async () => undefined,
    ],
    [
      'aborts its XMLHttpRequest',
      'globalThis.xhr = new XMLHttpRequest(); xhr.open("GET", url); xhr.send()',
      (one) => one.evaluate('xhr.abort()'),
    ],
    [
      'opens its XMLHttpRequest anew',
      'globalThis.xhr = new XMLHttpRequest(); xhr.open("GET", url); xhr.send()',
      (one) => one.evaluate('xhr.open("GET", "/free")'),
    ],
    [
      'removes the frame that fetched',
      fetchInFrame,
      (one) => one.evaluate('document.querySelector("iframe").remove()'),
    ],
    [
      'removes the image that asked',
      'document.body.appendChild(new Image()).src = url.replace("/api/data", "/image.png")',
      (one) => one.evaluate('document.querySelector("img").remove()'),
    ],
    ['is left', 'fetch(url).catch(() => undefined)', (one) => one.goto(testBed.at('/free', { left: '1' }))],
    ['is loaded again', 'fetch(url).catch(() => undefined)', (one) => one.reload()],
    ['is closed', 'fetch(url).catch(() => undefined)', (one) => one.close()],
  ];
  test.each(ways)('a question is withdrawn with its request when the page %s', async (_, script, way) => {
    const mark = await testBed.mark();
    const own = await testBed.purse.newPage();
    await own.goto(testBed.at('/free'));
    await own.evaluate(
      ([code, url]) => {
        new Function('url', code)(url);
      },
      [script, data()] as const,
    );
    const [question] = await waiting(1);
    await way(own);
    await waiting(0);
    const answer = { id: question?.id ?? '', answer: { kind: 'once' } } as const;
    await expect(testBed.purse.ask('approval.answer', answer)).rejects.toThrow('fault_approvalGone');
    await testBed.nothingSince(mark);
    await own.close();
  });

  test('a client that times out and tries again has one question, and the last request gets what is paid once', async () => {
    const mark = await testBed.mark();
    const url = data();
    const got = page.evaluate(async (address) => {
      for (let tries = 0; tries < 5; tries += 1) {
        await fetch(address, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
      }
      Object.assign(globalThis, { isLast: true });
      return (await fetch(address)).status;
    }, url);
    const names = new Set<string>();
    const [first] = await waiting(1);
    while ((await page.evaluate('globalThis.isLast')) !== true) {
      const list = await testBed.purse.ask('approval.list', {});
      expect(list.length).toBeLessThanOrEqual(1);
      for (const { id } of list) names.add(id);
    }
    for (const { id } of await waiting(1)) names.add(id);
    expect([...names]).toEqual([first?.id]);
    const popup = await testBed.purse.popup();
    await popup.locator('[data-testid="approve-pay"]:not([aria-disabled="true"])').click();
    expect(await got).toBe(200);
    expect(await testBed.paidSince(mark)).toMatchObject([{ state: 'settled' }]);
    await popup.close();
  });

  test('a client that tries again without aborting the older requests has one question and one payment', async () => {
    const mark = await testBed.mark();
    const url = data();
    const statuses = page.evaluate(async (address) => {
      const all: Promise<number>[] = [];
      for (let tries = 0; tries < 6; tries += 1) {
        all.push(fetch(address).then(({ status }) => status));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return Promise.all(all);
    }, url);
    const [question] = await waiting(1);
    await testBed.purse.until('exchange.list', { tabId: await tabOf(page) }, (list) => {
      return list.filter(({ state }) => state === 'asking').length === 6;
    });
    expect((await waiting(1))[0]?.id).toBe(question?.id);
    await testBed.purse.ask('approval.answer', { id: question?.id ?? '', answer: { kind: 'once' } });
    expect(await statuses).toEqual([402, 402, 402, 402, 402, 200]);
    expect(await testBed.paidSince(mark)).toMatchObject([{ amount: String(PRICE), state: 'settled' }]);
  });
});

/** The browser's id of the tab that shows this page. */
async function tabOf(one: Page): Promise<number> {
  const marker = `#tab-${++visits}`;
  await one.evaluate((hash) => void history.replaceState(null, '', hash), marker);
  const popup = await testBed.purse.popup();
  const tabs = await popup.evaluate(() => chrome.tabs.query({}));
  await popup.close();
  return tabs.find(({ url }) => url?.endsWith(marker))?.id ?? -1;
}
