/** Pages that the browser keeps whole when they are left, and brings back as they were (the back/forward cache). */
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openScene, type Scene } from '../setup.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ purse: { keepsPages: true } });
});
afterAll(() => scene?.close());

/** A page that tells when it has come back whole. */
async function opened(): Promise<Page> {
  const page = await scene.purse.newPage();
  await page.goto(scene.at('/free'));
  await page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted }));
  });
  return page;
}

/** Leaves a page for another site. */
const leave = (page: Page) => page.goto(`${scene.merchant.otherOrigin}/free`);

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
  const mark = await scene.mark();
  await startFetch(page, scene.at('/api/data', { n: 'back' }));
  await (await scene.purse.nextApproval()).approve();
  expect(await fetched(page)).toBe(200);
  expect(await scene.paidSince(mark)).toHaveLength(1);
  await page.close();
});

test('what it held when it was left is asked about no more, and gets its own answer when it comes back', async () => {
  const page = await opened();
  const mark = await scene.mark();
  await startFetch(page, scene.at('/api/data', { n: 'left' }));
  await scene.purse.nextApproval();
  await leave(page);
  await scene.purse.until('approval.list', {}, (questions) => questions.length === 0);
  await comeBack(page);
  expect(await fetched(page)).toBe(402);
  await scene.nothingSince(mark);
  await page.close();
});
