/** Many payments at once, in the browser: each is made once, each page gets its own, and the records agree. */

import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ActivityView } from '../../src/messages/activity.ts';
import type { PaymentState } from '../../src/messages/payment.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

// A hundred payments on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed({ devnet: { confirmationDelayMs: 200 }, funds: 100n * XNO });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  await budget(100n * XNO);
  page = await testBed.purse.newPage();
  await page.goto(testBed.at('/free'));
});
afterEach(() => page.close());

const budget = (perDay: bigint) =>
  testBed.purse.ask('budget.save', {
    site: testBed.merchant.origin,
    perPayment: String(2n * PRICE),
    perDay: String(perDay),
    paused: false,
  });

const paths = (count: number, mechanism: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => `/api/data?mechanism=${mechanism(n)}&visit=${crypto.randomUUID()}`);
/** The states in which a payment stays when no page waits for it. */
const ENDS: readonly PaymentState[] = ['settled', 'unanswered', 'refused', 'abandoned'];
const plain = () => 'nanoSession';

/** Fetches all of them at once; the statuses that the page sees in the end. */
const fetched = (from: Page, urls: readonly string[]) =>
  from.evaluate((all) => Promise.all(all.map(async (url) => (await fetch(url)).status)), urls);

/** Resolved when every payment has come to its end; what was given up before it was signed cost nothing. */
const settled = () =>
  testBed.purse.until(
    'activity.page',
    { before: null, limit: 200 },
    ({ items }) => items.every((item) => item.kind !== 'payment' || item.state === 'settled'),
    60_000,
  );

/** The payments for these URLs, once each is in one of the states. */
const inState = async (urls: readonly string[], states: readonly PaymentState[]) => {
  const wanted = new Set(urls.map((url) => testBed.at(url)));
  const ours = ({ items }: { readonly items: readonly ActivityView[] }) =>
    items.flatMap((item) => (item.kind === 'payment' && wanted.has(item.url ?? '') ? [item] : []));
  return ours(
    await testBed.purse.until(
      'activity.page',
      { before: null, limit: 200 },
      (activity) => ours(activity).every(({ state }) => states.includes(state)),
      60_000,
    ),
  );
};

test('a hundred fetches of one page are paid once each, on one chain, whatever the way to pay', async () => {
  const ways = ['nanoSession', 'nymChallenge', 'trackB', 'nanoSession', 'nanoSignature'];
  const mark = await testBed.mark();
  testBed.devnet.stats.reset();
  const statuses = await fetched(
    page,
    paths(100, (n) => ways[n % ways.length] ?? ''),
  );
  expect(statuses).toEqual(Array(100).fill(200));
  await settled();
  const paid = await testBed.paidSince(mark);
  expect(paid).toHaveLength(100);
  expect(new Set(paid.map(({ blockHash }) => blockHash)).size).toBe(100);
  expect(paid.filter(({ story }) => story.filter(({ state }) => state === 'signed').length !== 1)).toEqual(
    [],
  );
});

test('twenty tabs at once are paid once each, background tabs after a question', async () => {
  const mark = await testBed.mark();
  const { purse } = testBed;
  const tabs = await Promise.all(Array.from({ length: 20 }, () => purse.newPage()));
  await Promise.all(tabs.map((tab, n) => tab.goto(testBed.at('/article', { visit: `tab ${n}` }))));
  const asked = await purse.until('approval.list', {}, (list) => list.length === 19);
  expect(new Set(asked.map(({ reason }) => reason))).toEqual(new Set(['reason_notInFront']));
  await Promise.all(asked.map(({ id }) => purse.ask('approval.answer', { id, answer: { kind: 'once' } })));
  await Promise.all(tabs.map((tab) => tab.locator('#paid').waitFor({ timeout: 120_000 })));
  await settled();
  expect(await testBed.paidSince(mark)).toHaveLength(20);
  await Promise.all(tabs.map((tab) => tab.close()));
});

test('identical requests of one page each have their own payment and their own proof', async () => {
  const mark = await testBed.mark();
  const [url = ''] = paths(1, plain);
  expect(await fetched(page, Array(10).fill(url))).toEqual(Array(10).fill(200));
  await settled();
  const paid = await testBed.paidSince(mark);
  expect(new Set(paid.map(({ blockHash }) => blockHash)).size).toBe(10);
});

describe('in the middle of a burst', () => {
  const started = async (count: number) => {
    const before = testBed.sends().length;
    const urls = paths(count, plain);
    const statuses = fetched(page, urls);
    statuses.catch(() => undefined);
    await expect.poll(() => testBed.sends().length - before, { timeout: 60_000 }).toBeGreaterThan(4);
    return { urls, statuses };
  };

  test('the worker is killed: the restarted one pays the rest, and nothing twice', async () => {
    const mark = await testBed.mark();
    const { urls, statuses } = await started(30);
    await testBed.purse.killWorker();
    expect(await statuses).toEqual(Array(30).fill(200));
    // A response that arrived while no worker ran leaves its payment `delivered`; its page has it.
    await inState(urls, ['settled', 'delivered']);
    expect(await testBed.paidSince(mark)).toHaveLength(30);
  });

  test('the page is closed: what was paid by then is delivered to its next visit', async () => {
    const mark = await testBed.mark();
    const { urls } = await started(20);
    await page.goto('about:blank');
    const ended = await inState(urls, ENDS);
    // What the merchant has given is sold, also where its answer found the page gone.
    const sold = new Set(testBed.merchant.books().payments.map(({ hash }) => hash));
    const served = ended.flatMap(({ blockHash, url }) => (sold.has(blockHash ?? '') ? url : []));
    const rest = urls.filter((url) => !served.includes(testBed.at(url)));
    expect(rest).not.toEqual([]);

    await page.goto(testBed.at('/free'));
    expect(await fetched(page, rest)).toEqual(Array(rest.length).fill(200));
    await inState(rest, ['settled', 'abandoned']);
    const paid = await testBed.paidSince(mark);
    expect(paid.map(({ url }) => url).toSorted()).toEqual(urls.map((url) => testBed.at(url)).toSorted());
  });
});
