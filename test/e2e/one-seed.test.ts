/** One seed in two browsers that pay at the same site at once. */
import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { toAddress } from '../devnet/address.ts';
import { launchPurse, type TestPurse } from './purse.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

// Two browsers on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

/** How many requests each browser makes at once. */
const MANY = 10;
let testBed: TestBed;
let both: readonly TestPurse[];
let pages: readonly Page[];

beforeAll(async () => {
  const seed = randomBytes(32).toString('hex');
  testBed = await openTestBed({ purse: { seed }, devnet: { confirmationDelayMs: 100 }, funds: 10n * XNO });
  const { id, rpcUrls, wsUrl, thresholds } = testBed.devnet.profile;
  both = [testBed.purse, await launchPurse({ seed, network: { id, rpcUrls, wsUrl, thresholds } })];
  for (const purse of both) {
    await purse.ask('budget.save', {
      site: testBed.merchant.origin,
      perPayment: String(2n * PRICE),
      perDay: String(XNO),
      paused: false,
    });
    await purse.until('purse.state', {}, (state) => state.kind === 'open' && state.work === 'ready');
  }
  pages = await Promise.all(both.map((purse) => purse.newPage()));
  for (const page of pages) await page.goto(testBed.at('/free'));
});
afterAll(async () => {
  await both?.[1]?.close();
  await testBed?.close();
});

/** Fetches all of them at once; the statuses that the page sees in the end. */
const fetched = (page: Page, urls: readonly string[]) =>
  page.evaluate((all) => Promise.all(all.map(async (url) => (await fetch(url)).status)), urls);
const urlsOf = (mechanism: string) =>
  Array.from({ length: MANY }, () => `/api/data?mechanism=${mechanism}&visit=${crypto.randomUUID()}`);
/** The payments of a purse since a moment in its journal, once all have come to their end. */
const settled = async (purse: TestPurse, since: number) => {
  await purse.until('activity.page', { before: null, limit: 200 }, ({ items }) =>
    items.every((item) => item.kind !== 'payment' || item.state === 'settled'),
  );
  return (await purse.payments()).slice(since);
};

test.each([
  ['whose amounts differ', 'nanoSession'],
  ['of one amount to one payee, which make the same blocks', 'nanoSignature'],
])('twenty requests %s all get their content, and each is paid for once', async (_, mechanism) => {
  const mark = await testBed.mark();
  const before = await Promise.all(both.map(async (purse) => (await purse.payments()).length));
  const statuses = await Promise.all(pages.map((page) => fetched(page, urlsOf(mechanism))));
  expect(statuses).toEqual([Array(MANY).fill(200), Array(MANY).fill(200)]);
  const journals = await Promise.all(both.map((purse, n) => settled(purse, before[n] ?? 0)));
  expect(journals.map(({ length }) => length)).toEqual([MANY, MANY]);

  const lines = (all: readonly (readonly (string | null)[])[]) => all.map(String).toSorted();
  const inJournals = lines(journals.flat().map((one) => [one.blockHash, one.amount, one.payTo]));
  const sends = testBed.sends().slice(mark.ledger);
  expect(
    lines(sends.map(({ hash, amount, block }) => [hash, String(amount), toAddress(block.link)])),
  ).toEqual(inJournals);
  const sold = testBed.merchant.books().payments.slice(mark.merchant);
  expect(lines(sold.map(({ hash, amountRaw, payTo }) => [hash, amountRaw, payTo]))).toEqual(inJournals);
  // What was lost to one of them stands on the ledger for nothing of its own.
  const lost = journals.map((payments) => payments.flatMap(({ lostBlocks }) => lostBlocks));
  for (const [n, hashes] of lost.entries()) {
    const own = journals[n]?.map(({ blockHash }) => blockHash);
    expect(hashes.filter((hash) => own?.includes(hash))).toEqual([]);
  }
});
