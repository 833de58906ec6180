/** The practice page: a payment before there is a wallet, in a world of its own. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchPurse, type TestPurse } from './purse.ts';

let purse: TestPurse;
let page: Page;
/** Every URL that the page asked for, outside of the extension. */
let asked: string[];

beforeAll(async () => {
  purse = await launchPurse({ bare: true });
});
afterAll(() => purse?.close());
beforeEach(async () => {
  page = await purse.newPage();
  asked = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('chrome-extension://')) asked.push(request.url());
  });
  await page.goto(purse.url('src/pages/onboarding/index.html'));
  await page.getByTestId('practice').click();
});
afterEach(() => page.close());

const usable = (testId: string) => `[data-testid="${testId}"]:not([aria-disabled="true"])`;
const opened = (shown: string) => page.locator(`[data-testid="practice-article"][data-shown="${shown}"]`);
const story = (state: string) => page.locator(`[data-testid="practice-story"][data-state="${state}"]`);
const balance = async () =>
  BigInt((await page.getByTestId('practice-balance').getAttribute('data-raw')) ?? -1);
const XNO = 10n ** 30n;
const practiceDatabases = () =>
  page.evaluate(async () => {
    const all = await indexedDB.databases();
    return all.filter(({ name }) => name?.startsWith('nano-purse practice ')).length;
  });

test('an article is paid for with one click, nothing is asked of any server, and the real journal stays empty', async () => {
  await page.getByTestId('practice-status').click();
  await opened('price').waitFor();
  await page.locator(usable('approve-pay')).click();
  await opened('article').waitFor();
  await story('settled').waitFor();
  expect(await story('settled').locator('li').count()).toBe(4);
  const left = await balance();
  expect(left).toBeLessThanOrEqual(XNO - XNO / 100n);
  expect(left).toBeGreaterThan(XNO - XNO / 50n);
  expect(asked).toEqual([]);
  expect(await purse.ask('purse.state', {})).toMatchObject({ kind: 'empty' });
  expect(await purse.activity()).toEqual([]);
  await page.getByTestId('practice-setUp').click();
  await page.getByTestId('create').waitFor();
});

test('what was declined stays closed, and opens after another try', async () => {
  await page.getByTestId('practice-fees').click();
  await page.locator(usable('approve-decline')).click();
  await page.getByTestId('practice-unpaid').waitFor();
  expect(await opened('price').count()).toBe(1);
  await page.getByTestId('practice-again').click();
  await page.locator(usable('approve-pay')).click();
  await opened('article').waitFor();
});

test('a budget pays for the next article without a question', async () => {
  await page.getByTestId('practice-status').click();
  await page.locator(usable('approve-always')).click();
  await page.locator(usable('approve-pay')).click();
  await opened('article').waitFor();
  await page.getByTestId('practice-budgets').click();
  await story('settled').waitFor();
  await page.getByText("The site's budget paid").waitFor();
  await opened('article').waitFor();
});

test('nothing of it is kept: a reload begins anew, and what earlier pages stored is removed', async () => {
  await page.getByTestId('practice-status').click();
  await page.locator(usable('approve-pay')).click();
  await opened('article').waitFor();
  await page.reload();
  await expect.poll(balance).toBe(XNO);
  await expect.poll(practiceDatabases).toBe(1);
});
