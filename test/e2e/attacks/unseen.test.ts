/** What a site without a budget can learn of the purse from what it sees of its visitor: requests, answers and waiting. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Paywall, startPaywall } from '../interception/paywall.ts';
import { openTestBed, PRICE, type TestBed, XNO } from '../setup.ts';
import { openShop } from './shop.ts';

const PASSWORD = 'correct horse battery staple';
/** A Nano account that belongs to no party of the test. */
const STRANGER = 'nano_3noms9a1zytox399kygpge6cc7hu1z79ms1cgzojodz8741qi7w5u3nzb8mn';
/** How long offers live (s): too short to be paid, or long enough. */
const LIVES = { short: 9, long: 180 } as const;

let testBed: TestBed;
let server: Paywall;
let page: Page;
let visits = 0;

beforeAll(async () => {
  testBed = await openTestBed();
  server = await startPaywall();
});
afterAll(async () => {
  await testBed?.close();
  await server?.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

/** How a page asks; `over` resolves with what the page gets in the end. */
const WAYS = {
  'a document': async (url: string) => ({ over: page.goto(url).then((answer) => answer?.status()) }),
  'a script': (url: string) => inPage((to) => fetch(to).then(({ status }) => status), url),
  'an image': (url: string) =>
    inPage(
      (src) =>
        new Promise((resolve) => {
          const image = Object.assign(new Image(), { onload: resolve, onerror: resolve, src });
          document.body.append(image);
        }).then(() => 'shown or not'),
      url,
    ),
  'a frame': (url: string) =>
    inPage(
      (src) =>
        new Promise((resolve) => {
          const frame = Object.assign(document.createElement('iframe'), { onload: resolve, src });
          document.body.append(frame);
        }).then(() => 'loaded'),
      url,
    ),
} as const;

async function inPage<T>(ask: (url: string) => Promise<T>, url: string) {
  await page.goto(server.page(`/page-${++visits}`, '<body><p>A page'));
  return { over: page.evaluate(ask, url) };
}

/** What the site sees of one visit: its requests without what names the visit, and what its page gets. */
async function trace(payTo: string, way: keyof typeof WAYS, life: keyof typeof LIVES, isLocked: boolean) {
  const { purse } = testBed;
  const terms = { entry: { payTo, maxTimeoutSeconds: LIVES[life] } };
  const { url } = openShop(testBed, server, () => terms);
  await purse.ask(isLocked ? 'vault.lock' : 'purse.touch', {});
  const { over } = await WAYS[way](url);
  let isHeld = false;
  if (life === 'long') {
    await purse.until('purse.state', {}, (state) => state.kind !== 'empty' && state.waiting === 1);
    isHeld = await Promise.race([
      over.then(() => false),
      page.evaluate('Promise.resolve()').then(() => true),
    ]);
    if (isLocked) await purse.ask('vault.unlock', { password: PASSWORD });
    const { offer } = await purse.nextApproval();
    expect(offer).toMatchObject({ url, payTo, reason: 'reason_newSite' });
    await purse.ask('approval.answer', { id: offer.id, answer: { kind: 'decline' } });
  }
  const got = await over;
  if (isLocked && life === 'short') await purse.ask('vault.unlock', { password: PASSWORD });
  await purse.until('log.list', {}, ([last]) => last?.url === url);
  const requests = server.at(new URL(url).pathname).map(({ method, headers, status }) => {
    const { referer: _, ...told } = headers;
    return { method, headers: told, status };
  });
  return { isHeld, got, requests };
}

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('%s', (way) => {
  test.each(['short', 'long'] as const)(
    'sees the same for an own account as for a stranger’s, locked and unlocked, where the offer’s life is %s',
    async (life) => {
      const traces = [];
      for (const isLocked of [false, true]) {
        for (const payTo of [testBed.purse.account, STRANGER]) {
          traces.push(await trace(payTo, way, life, isLocked));
        }
      }
      const [first, ...others] = traces;
      for (const other of others) expect(other).toEqual(first);
      // A second request would tell that there is a purse: of what is too short, only its user's own document has one.
      expect(first?.requests).toHaveLength(life === 'short' && way === 'a document' ? 2 : 1);
      expect(first?.isHeld).toBe(life === 'long' && way === 'a script');
    },
  );
});

test('offers to sixty candidates for the visitor’s account look the same to the site', async () => {
  const candidates = Array.from({ length: 60 }, (_, nth) => (nth === 30 ? testBed.purse.account : STRANGER));
  const urls = candidates.map(
    (payTo) => openShop(testBed, server, () => ({ entry: { payTo, maxTimeoutSeconds: 9 } })).url,
  );
  await page.goto(server.page(`/page-${++visits}`, '<body><p>A page'));
  const statuses = await page.evaluate(
    (all) => Promise.all(all.map((url) => fetch(url).then(({ status }) => status))),
    urls,
  );
  expect(new Set(statuses)).toEqual(new Set([402]));
  expect(urls.map((url) => server.at(new URL(url).pathname).length)).toEqual(urls.map(() => 1));
});

test('an own account is asked about as at any new site, and can only be declined', async () => {
  const { url } = openShop(testBed, server, () => ({ entry: { payTo: testBed.purse.account } }));
  void page.goto(url).catch(() => undefined);
  const { offer, decline } = await testBed.purse.nextApproval();
  expect(offer).toMatchObject({ reason: 'reason_newSite', obstacle: { key: 'approve_ownAccount' } });
  expect(offer.isFirstPayment).toBe(false);
  const view = await testBed.purse.newPage();
  await view.goto(testBed.purse.url('src/pages/approve/index.html'));
  await view.getByTestId('approval-obstacle').waitFor();
  await view.getByTestId('approve-decline').waitFor();
  expect(await view.getByTestId('approve-pay').count()).toBe(0);
  expect(await view.getByTestId('approve-always').count()).toBe(0);
  await view.close();
  await decline();
});

test('an own account is not paid even when its question is answered with yes', async () => {
  const { purse } = testBed;
  const mark = await testBed.mark();
  for (const answer of [
    { kind: 'once' },
    { kind: 'budget', perPayment: String(XNO), perDay: String(XNO) },
  ] as const) {
    const { url } = openShop(testBed, server, () => ({ entry: { payTo: purse.account } }));
    void page.goto(url).catch(() => undefined);
    const { offer } = await purse.nextApproval();
    await purse.ask('approval.answer', { id: offer.id, answer });
    await purse.until('log.list', {}, ([last]) => last?.url === url && last.key === 'refusal_OWN_ACCOUNT');
  }
  await testBed.nothingSince(mark);
  expect(await purse.ask('budget.list', {})).toEqual([]);
});

test('a site with a budget that names an own account is asked about as one that was not paid before', async () => {
  const { purse } = testBed;
  const budget = { perPayment: String(PRICE), perDay: String(XNO), paused: false };
  await purse.ask('budget.save', { site: server.here, ...budget });
  const { url } = openShop(testBed, server, () => ({ entry: { payTo: purse.account } }));
  const mark = await testBed.mark();
  void page.goto(url).catch(() => undefined);
  const { offer, decline } = await purse.nextApproval();
  expect(offer).toMatchObject({ reason: 'reason_payeeChanged', obstacle: { key: 'approve_ownAccount' } });
  await decline();
  await testBed.nothingSince(mark);
  await purse.ask('budget.remove', { site: server.here });
});

test('a page that waits for an answer does not learn that the purse is locked', async () => {
  const { url } = openShop(testBed, server, () => ({}));
  const { over } = await WAYS['a script'](url);
  const { decline, offer } = await testBed.purse.nextApproval();
  await testBed.purse.ask('vault.lock', {});
  await testBed.purse.until('purse.state', {}, ({ kind }) => kind === 'locked');
  expect(await testBed.purse.ask('approval.waiting', {})).toMatchObject([{ id: offer.id }]);
  expect(await Promise.race([over, page.evaluate('Promise.resolve("held")')])).toBe('held');
  await testBed.purse.ask('vault.unlock', { password: PASSWORD });
  await decline();
  expect(await over).toBe(402);
});
