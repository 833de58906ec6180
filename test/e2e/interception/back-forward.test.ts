/** Pages that the browser keeps whole when they are left, and brings back as they were (the back/forward cache). */
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestBed, type TestBed } from '../setup.ts';

let testBed: TestBed;
beforeAll(async () => {
  testBed = await openTestBed({ purse: { keepsPages: true } });
});
afterAll(() => testBed?.close());

/** A page that tells when it has come back whole. */
async function opened(): Promise<Page> {
  const page = await testBed.purse.newPage();
  await page.goto(testBed.at('/free'));
  await page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted }));
  });
  return page;
}

/** Leaves a page for another site. */
const leave = (page: Page) => page.goto(`${testBed.merchant.otherOrigin}/free`);

/** Goes back to it; what was kept fires no event of a navigation that Playwright waits for. */
async function comeBack(page: Page): Promise<void> {
  await page.evaluate(() => void setTimeout(() => history.back()));
  // The page that is left on the way takes its context along.
  await expect.poll(() => page.evaluate('globalThis.persisted').catch(() => null)).toBe(true);
}

/** Has a page fetch, and keep the status of what comes. */
const startFetch = (page: Page, url: string) =>
  page.evaluate((asked) => {
    const fetched = fetch(asked).then(({ status }) => status);
    Object.assign(globalThis, { fetched });
  }, url);
const fetched = (page: Page) => page.evaluate('globalThis.fetched');

test('a page that came back holds what it fetches, and is paid for', async () => {
  const page = await opened();
  await leave(page);
  await comeBack(page);
  const mark = await testBed.mark();
  await startFetch(page, testBed.at('/api/data', { n: 'back' }));
  await (await testBed.purse.nextApproval()).approve();
  expect(await fetched(page)).toBe(200);
  expect(await testBed.paidSince(mark)).toHaveLength(1);
  await page.close();
});

test('a request that it held when it was left is not asked about any more, and gets its 402 when the page comes back', async () => {
  const page = await opened();
  const mark = await testBed.mark();
  await startFetch(page, testBed.at('/api/data', { n: 'left' }));
  await testBed.purse.nextApproval();
  await leave(page);
  await testBed.purse.until('approval.list', {}, (questions) => questions.length === 0);
  await comeBack(page);
  expect(await fetched(page)).toBe(402);
  await testBed.nothingSince(mark);
  await page.close();
});
