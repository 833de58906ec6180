/** Payments whose proof-of-work takes longer than their offers live, while they are prepared. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { useNetwork } from './purse.ts';
import { openTestBed, type TestBed } from './setup.ts';

const APPROVE = 'src/pages/approve/index.html';
const POPUP = 'src/pages/popup/index.html';

let testBed: TestBed;
let page: Page;
let view: Page;
let visits = 0;

beforeAll(async () => {
  testBed = await openTestBed();
  const { purse } = testBed;
  await purse.ask('work.rules', { workers: null, ahead: 'never', servers: [] });
  await purse.ask('work.test', {});
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  await view?.close();
  await page.close();
  await testBed.purse.until('approval.underway', {}, ({ length }) => length === 0);
});

/** Has the work of a payment take so many seconds on average, by the speed that this machine has shown. */
async function workTakes(seconds: number): Promise<void> {
  const { purse, devnet } = testBed;
  const { engines } = await purse.ask('work.read', {});
  const rate = engines.reduce((most, engine) => Math.max(most, engine.rate ?? 0), 0);
  const share = 2n ** 64n / BigInt(Math.round(rate * seconds));
  const thresholds = { ...devnet.profile.thresholds, send: (2n ** 64n - share).toString(16) };
  await useNetwork(purse.ask, { ...devnet.profile, thresholds });
  await purse.until('purse.state', {}, (state) => state.kind === 'open' && state.balance !== null);
}

const article = (query: Readonly<Record<string, string>> = {}) =>
  testBed.at('/article', { visit: String(++visits), ...query });
/** Opens a page that asks for money. It is not awaited: the page has its answer when the purse has paid. */
const open = (url: string, where = page) => void where.goto(url).catch(() => undefined);
const usable = (testId: string) => `[data-testid="${testId}"]:not([aria-disabled="true"])`;
const waiting = (count: number) => testBed.purse.until('approval.list', {}, ({ length }) => length === count);
const preparing = () => view.locator('[data-testid="outcome"][data-phase="preparing"]');
const lastReason = async () => (await testBed.purse.ask('log.list', {}))[0]?.key;

async function show(path: string): Promise<void> {
  view = await testBed.purse.newPage();
  await view.goto(testBed.purse.url(path));
  await view.bringToFront();
}

/** Answers the question that waits by *Pay*, and stays until its payment is prepared. */
async function pay(): Promise<void> {
  await waiting(1);
  await show(APPROVE);
  await view.locator(usable('approve-pay')).click();
  await view.getByTestId('outcome-preparing').waitFor();
}

/** What the line of a payment says while it is prepared. */
async function expectLine(): Promise<void> {
  await view.getByTestId('outcome-preparing').waitFor();
  const text = await preparing().textContent();
  expect(text).toContain(new URL(testBed.merchant.origin).host);
  expect(text).toMatch(/0\.01\sXNO/);
  expect(text).toMatch(/Preparing, about \d+:\d\d/);
  await view.locator(usable('outcome-cancel')).waitFor();
}

test('Cancel ends the preparation: nothing is paid, the window closes, and the log says so', async () => {
  await workTakes(900);
  const mark = await testBed.mark();
  open(article());
  await pay();
  await expectLine();
  await view.locator(usable('outcome-cancel')).click();
  await expect.poll(() => view.isClosed()).toBe(true);
  await expect.poll(lastReason).toBe('fault_cancelled');
  expect(await testBed.purse.ask('approval.underway', {})).toEqual([]);
  expect(await testBed.purse.ask('approval.list', {})).toEqual([]);
  await testBed.nothingSince(mark);
});

test('Cancel gives a page that holds its request its own 402', async () => {
  await workTakes(900);
  const mark = await testBed.mark();
  await page.goto(testBed.at('/free'));
  const status = page.evaluate(
    async (url) => (await fetch(url)).status,
    testBed.at('/api/data', { n: 'held' }),
  );
  await pay();
  await view.locator(usable('outcome-cancel')).click();
  expect(await status).toBe(402);
  await testBed.nothingSince(mark);
});

test('the popup and the window show the line again after they were closed, and over another question', async () => {
  await workTakes(900);
  const mark = await testBed.mark();
  open(article());
  await pay();
  await view.close();

  await show(APPROVE);
  await expectLine();
  await view.close();

  const other = await testBed.purse.newPage();
  open(article(), other);
  const [question] = await waiting(1);
  await show(APPROVE);
  const asked = view.locator(`[data-approval="${question?.id}"]`);
  await asked.getByTestId('outcome-cancel').waitFor();
  await asked.locator(usable('approve-decline')).click();
  await view.locator('[data-approval]').waitFor({ state: 'detached' });
  await expectLine();
  await view.close();
  await other.close();

  await show(POPUP);
  await expectLine();
  await view.getByTestId('balance').waitFor();
  await view.locator(usable('outcome-cancel')).click();
  await view.getByTestId('outcome').waitFor({ state: 'detached' });
  // The popup shows what it showed.
  await view.getByTestId('balance').waitFor();
  await expect.poll(lastReason).toBe('fault_cancelled');
  await testBed.nothingSince(mark);
});

test('a killed worker goes on, and the user is not asked again', async () => {
  const { purse } = testBed;
  // 45 s at most in 95 of 100 cases. The first offer can be answered for 10 s.
  await workTakes(15);
  const mark = await testBed.mark();
  open(article({ 'first-expiry': '20' }));
  await pay();
  await purse.killWorker();
  await purse.until('approval.underway', {}, ({ length }) => length === 1);
  expect(await purse.ask('approval.list', {})).toEqual([]);
  await page.locator('#paid').waitFor({ timeout: 170_000 });
  await expect.poll(() => view.isClosed()).toBe(true);
  expect(await testBed.paidSince(mark)).toHaveLength(1);
  expect((await purse.payments()).slice(mark.journal)).toMatchObject([{ state: 'settled' }]);
}, 300_000);

test('a payment is prepared in the window, asked about once, and gives up nothing', async () => {
  // Up to three times as long in 95 of 100 cases. The first offer can be answered for 10 s.
  await workTakes(20);
  const mark = await testBed.mark();
  open(article({ 'first-expiry': '20' }));
  await waiting(1);
  await show(APPROVE);
  await view.locator(usable('approve-pay')).click();
  await view
    .getByTestId('outcome-preparing')
    .filter({ hasText: /^Preparing, about 0:\d\d$/ })
    .waitFor();
  await page.locator('#paid').waitFor({ timeout: 170_000 });
  await expect.poll(() => view.isClosed()).toBe(true);
  expect(await testBed.paidSince(mark)).toHaveLength(1);
  expect((await testBed.purse.payments()).slice(mark.journal)).toMatchObject([{ state: 'settled' }]);
}, 300_000);
