import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Paywall, startPaywall } from '../interception/paywall.ts';
import { openTestBed, type TestBed, XNO } from '../setup.ts';
import { demandOf } from './shop.ts';

/** A shop with a budget, and somebody else who would like to have what was paid for there. */
let testBed: TestBed;
let shop: Paywall;
let evil: Paywall;
let page: Page;
/** How the content is told from a price, whoever reads it. */
const CONTENT = 'what was paid for';
/** What a request says that hopes to have its own header replaced by the purse. */
const DUMMY = 'dummy';

beforeAll(async () => {
  [testBed, shop, evil] = await Promise.all([
    openTestBed({ purse: { inPrivate: true } }),
    startPaywall(),
    startPaywall(),
  ]);
  for (const site of [shop.here, shop.there]) {
    const budget = { perPayment: String(XNO), perDay: String(5n * XNO), paused: false };
    await testBed.purse.ask('budget.save', { site, ...budget });
  }
});
afterAll(async () => {
  await testBed?.close();
  await shop?.close();
  await evil?.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  testBed.devnet.elections.delayMs = 50;
  await page.close();
});

interface Brought {
  readonly proof: string;
  readonly origin: string | undefined;
  readonly body: string;
}

interface Thing {
  readonly url: string;
  /** What came with a proof of the purse's, in order. */
  readonly brought: readonly Brought[];
  /** From now on a proof is answered with a redirect to this URL. */
  moveTo(url: string): void;
}

let things = 0;

/** Something for sale that every page may read; the first answers to a proof break off. */
function sell({ breaksOff = 0, origin = shop.here } = {}): Thing {
  const path = `/thing-${++things}`;
  const url = origin + path;
  const brought: Brought[] = [];
  let target: string | undefined;
  const open = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Headers': '*',
    'Access-Control-Allow-Methods': '*',
    'Content-Type': 'text/html',
  };
  shop.serve(path, ({ headers, method }, response, body) => {
    const proof = headers['payment-signature'];
    if (method === 'OPTIONS') return void response.writeHead(204, open).end();
    if (typeof proof !== 'string' || proof === DUMMY) {
      response.setHeader('PAYMENT-REQUIRED', demandOf(testBed, url));
      return void response.writeHead(402, open).end('<!doctype html><p>Pay first');
    }
    brought.push({ proof, origin: headers.origin, body });
    if (target !== undefined) return void response.writeHead(307, { ...open, Location: target }).end();
    if (brought.length > breaksOff) return void response.writeHead(200, open).end(CONTENT);
    response.writeHead(200, { ...open, 'Content-Length': '1000' }).write('<!doctype html><p>Half');
    setImmediate(() => response.socket?.destroy());
  });
  return {
    url,
    brought,
    moveTo(to) {
      target = to;
    },
  };
}

/** What the journal says of a thing. */
const paymentsFor = async ({ url }: Thing) =>
  (await testBed.purse.payments()).filter((payment) => payment.url === url);
const statesOf = async (thing: Thing) => (await paymentsFor(thing)).map(({ state }) => state);
const visit = (url: string, on: Page = page) => on.goto(url).catch(() => null);

/** The payer, who comes back, gets the content for the one payment that was made. */
async function getsItsOwn(thing: Thing): Promise<void> {
  const own = await testBed.purse.newPage();
  await visit(thing.url, own);
  await own.getByText(CONTENT).waitFor();
  await expect.poll(() => statesOf(thing)).toEqual(['settled']);
  expect(new Set(thing.brought.map(({ proof }) => proof)).size).toBe(1);
  await own.close();
}

/** The one question that there is, which is declined. */
async function declined() {
  const { offer, decline } = await testBed.purse.nextApproval();
  await decline();
  return offer;
}

const text = JSON.stringify;
/** A page of the stranger's with a script. */
const lure = (script: string) => evil.page(`/lure-${++things}`, `<body><script>${script}</script>`);

describe('a paid response that was truncated is not delivered to', () => {
  test.each<[string, (url: string) => string]>([
    [
      'a script of another site',
      (url) => `fetch(${text(url)}).then((r) => r.text()).then((t) => { document.title = t })`,
    ],
    [
      'a hidden frame of another site',
      (url) => `document.body.innerHTML = '<iframe hidden src="${url}"></iframe>'`,
    ],
    ['a link of another site', (url) => `location.href = ${text(url)}`],
  ])('%s', async (_, script) => {
    const thing = sell({ breaksOff: 1 });
    await visit(thing.url);
    await expect.poll(() => statesOf(thing)).toEqual(['unanswered']);
    await page.close();

    page = await testBed.purse.newPage();
    await visit(lure(script(thing.url)));
    expect(await declined()).toMatchObject({ url: thing.url, reason: 'reason_undeliveredBefore' });
    expect(thing.brought).toHaveLength(1);
    expect(await page.title()).not.toContain(CONTENT);
    await getsItsOwn(thing);
  });

  test('a private window', async () => {
    const thing = sell({ breaksOff: 1 });
    await visit(thing.url);
    await expect.poll(() => statesOf(thing)).toEqual(['unanswered']);
    const secret = await testBed.purse.newPrivatePage(thing.url);
    expect(await declined()).toMatchObject({ url: thing.url, isPrivate: true });
    expect(thing.brought).toHaveLength(1);
    await secret.close();
    await getsItsOwn(thing);
  });

  test('an ordinary window, when it was paid for in a private one', async () => {
    const thing = sell({ breaksOff: 1 });
    const secret = await testBed.purse.newPrivatePage(thing.url);
    await (await testBed.purse.nextApproval()).approve();
    await expect.poll(() => thing.brought.length).toBe(1);
    await visit(thing.url);
    const { offer, approve } = await testBed.purse.nextApproval();
    expect(offer).toMatchObject({ isPrivate: false, reason: 'reason_undeliveredBefore' });
    await approve();
    await page.getByText(CONTENT).waitFor();
    expect(new Set(thing.brought.map(({ proof }) => proof)).size).toBe(2);
    await secret.close();
  });
});

describe('a payment under way is not delivered to the next site in its tab', () => {
  test.each<[string, (url: string) => string]>([
    ['that fetches the same', (url) => `fetch(${text(url)})`],
    ['that leads there', (url) => `location.href = ${text(url)}`],
  ])('%s', async (_, script) => {
    const thing = sell();
    testBed.devnet.elections.delayMs = 1500;
    await visit(thing.url);
    await expect.poll(() => statesOf(thing)).toEqual(['published']);
    await visit(lure(script(thing.url)));
    expect(await declined()).toMatchObject({ url: thing.url, reason: 'reason_undeliveredBefore' });
    await expect.poll(() => statesOf(thing)).toEqual(['unanswered']);
    expect(thing.brought).toEqual([]);
    await getsItsOwn(thing);
  });
});

describe('a proof of a script reaches no frame that requests the same URL', () => {
  /** Asks again and again, and keeps what it got. */
  const poll = (url: string) => `
    const got = globalThis.got = [];
    (async () => { for (;;) {
      const headers = { 'PAYMENT-SIGNATURE': '${DUMMY}' };
      got.push(await fetch(${text(url)}, { method: 'POST', body: 'stranger', headers }).then((r) => r.text(), String));
      // Ends with its page: requests of a page that is gone fail at once, and would keep its process busy for ever.
      await new Promise((next) => setTimeout(next));
    } })()`;

  test.each<[string, (thing: Thing) => string]>([
    ['on another port', (thing) => lure(poll(thing.url)).replace('127.0.0.1', 'localhost')],
    [
      'on a sub-host',
      (thing) =>
        shop
          .page(`/frame-${++things}`, `<script>${poll(thing.url)}</script>`)
          .replace('127.0.0.1', 'sub.localhost'),
    ],
  ])('%s', async (_, frameFor) => {
    for (let round = 0; round < 4; round += 1) {
      // A page that is kept for the way back would keep its connections.
      const top = await testBed.purse.newPage();
      const thing = sell({ origin: shop.there });
      const frame = `<iframe src="${frameFor(thing)}"></iframe>`;
      await top.goto(shop.page(`/top-${++things}`, `<body>${frame}`).replace(shop.here, shop.there));
      const inner = top.frames().find((one) => one !== top.mainFrame());
      await inner?.waitForFunction('globalThis.got?.length > 3');
      const content = await top.evaluate(async (url) => {
        const response = await fetch(url, { method: 'POST', body: 'own' });
        return response.text();
      }, thing.url);
      expect(content).toBe(CONTENT);
      expect(thing.brought).toMatchObject([{ origin: shop.there, body: 'own' }]);
      const got = await inner?.evaluate('globalThis.got');
      expect(got).not.toContain(CONTENT);
      await expect.poll(() => statesOf(thing)).toEqual(['settled']);
      await top.close();
    }
  });
});

test('a proof that a developer sends again follows no redirect', async () => {
  const { purse } = testBed;
  const thing = sell();
  await visit(thing.url);
  await page.getByText(CONTENT).waitFor();
  const { tabs } = await purse.ask('sandbox.read', {});
  const lists = await Promise.all(tabs.map(({ id }) => purse.ask('exchange.list', { tabId: id })));
  const exchange = lists.flat().find(({ url }) => url === thing.url);
  for (const target of [shop.serve('/kept-in', (_, response) => response.end()), `${evil.here}/stolen`]) {
    thing.moveTo(target);
    const replayed = await purse.ask('exchange.replay', { id: exchange?.id ?? '' });
    expect(replayed).toEqual({ kind: 'unanswered' });
  }
  expect(thing.brought).toHaveLength(3);
  expect([...shop.at('/kept-in'), ...evil.at('/stolen')]).toEqual([]);
});
