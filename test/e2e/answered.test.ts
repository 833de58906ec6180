/** The window of a question, from its answer to the content that was paid for. */
import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openShop } from './attacks/shop.ts';
import { type Paywall, startPaywall } from './interception/paywall.ts';
import { popupScreen } from './screen.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';
import { workerOf } from './worker-clock.ts';

const OTHER_PAYEE = 'nano_3t6k35gi95xu6tergt6p69ck76ogmitsa8mnijtpxm9fkcm736xtoncuohr3';
const CONFIRMED_AFTER = 50;

let testBed: TestBed;
let seller: Paywall;
let page: Page;
let view: Page;
let visits = 0;

beforeAll(async () => {
  [testBed, seller] = await Promise.all([openTestBed(), startPaywall()]);
});
afterAll(async () => {
  await testBed?.close();
  await seller?.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  testBed.devnet.faults.clear();
  testBed.devnet.elections.delayMs = CONFIRMED_AFTER;
  await view?.close();
  await page.close();
  await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
  for (const { site } of await testBed.purse.ask('budget.list', {})) {
    await testBed.purse.ask('budget.remove', { site });
  }
});

const inPurse = (path: string) => testBed.purse.url(path);
const APPROVE = 'src/pages/approve/index.html';
const POPUP = 'src/pages/popup/index.html';
const article = (query: Readonly<Record<string, string>> = {}) =>
  testBed.at('/article', { visit: String(++visits), ...query });
const usable = (testId: string) => `[data-testid="${testId}"]:not([aria-disabled="true"])`;

/** Opens a page that asks for money. It is not awaited: the page has its answer when the purse has paid. */
const open = (url: string, where = page) => void where.goto(url).catch(() => undefined);

async function waiting(count = 1) {
  return testBed.purse.until('approval.list', {}, ({ length }) => length === count);
}

/** The purse's own window with its question. */
async function question(path = APPROVE, size = { width: 400, height: 600 }): Promise<Page> {
  await waiting();
  return shown(path, size);
}

async function shown(path = APPROVE, size = { width: 400, height: 600 }): Promise<Page> {
  view = await testBed.purse.newPage();
  await view.setViewportSize(size);
  await view.goto(inPurse(path));
  await view.bringToFront();
  await view.locator(usable('approve-decline')).waitFor();
  return view;
}

/** Blocks are confirmed only when the test says so, so that each step of a payment can be looked at. */
function holdConfirmations(): () => Promise<void> {
  const { devnet } = testBed;
  const before = testBed.sends().length;
  devnet.elections.delayMs = 3_600_000;
  return async () => {
    await expect.poll(() => testBed.sends().length).toBeGreaterThan(before);
    devnet.elections.delayMs = CONFIRMED_AFTER;
    for (const { hash } of testBed.sends().slice(before)) devnet.elections.confirm(hash);
  };
}

const outcome = (phase: string) => view.locator(`[data-testid="outcome"][data-phase="${phase}"]`);

/** Opens the toolbar popup over the page, as a click on the purse's button does. Returns false: it comes up later. */
async function clickToolbar(): Promise<false> {
  await page.bringToFront();
  const worker = await workerOf(testBed.purse);
  await worker.evaluate(() => chrome.action.openPopup().catch(() => undefined));
  return false;
}

describe('after Pay, the window', () => {
  test('says that it pays, then what was paid, and closes by itself', async () => {
    const mark = await testBed.mark();
    const confirm = holdConfirmations();
    open(article());
    await question();
    await view.getByRole('button', { name: 'Pay 0.01 XNO' }).click();
    await outcome('paying').waitFor();
    expect(await outcome('paying').textContent()).toContain('Paying 0.01 XNO');
    // The button that had the focus is gone, and the heading of what came has it.
    expect(await view.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await confirm();
    await outcome('paid').waitFor();
    expect(await outcome('paid').textContent()).toContain('Paid 0.01 XNO');
    await page.locator('#paid').waitFor();
    await expect.poll(() => view.isClosed()).toBe(true);
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('does the same where it is the toolbar popup', async () => {
    const confirm = holdConfirmations();
    const popup = (within: string) => popupScreen(testBed.purse.context, inPurse(POPUP), within);
    const isOpen = async () => {
      const screen = await popup('body');
      await screen?.close();
      return screen !== undefined;
    };
    open(article());
    const [asked] = await waiting();
    // The purse opens it by itself where the browser lets it; a user whose browser did not clicks on the button.
    await expect.poll(async () => (await isOpen()) || (await clickToolbar())).toBe(true);
    const screen = await popup(`[data-approval="${asked?.id}"]`);
    await screen?.click('approve-pay');
    await screen?.close();
    const followed = await popup('[data-testid="followed"]');
    await followed?.ready('outcome');
    await expect.poll(() => followed?.text('outcome')).toContain('Paying 0.01 XNO');
    await confirm();
    await page.locator('#paid').waitFor();
    await expect.poll(isOpen).toBe(false);
    await followed?.close();
  });

  test('keeps a payment that the site took and did not deliver in sight, and tries again for free', async () => {
    const url = article({ 'refuse-first': '1', 'refuse-with': '409' });
    open(url);
    await question();
    await view.locator(usable('approve-pay')).click();
    await outcome('undelivered').waitFor();
    const again = testBed.purse.context.waitForEvent('page');
    await view.getByRole('button', { name: 'Try again for free' }).click();
    const paid = await again;
    await paid.locator('#paid').waitFor();
    expect(paid.url()).toBe(url);
    await paid.close();
    await view.getByTestId('outcome-close').click();
    await expect.poll(() => view.isClosed()).toBe(true);
  });

  test('says what went wrong and what to do, in the words of the fault', async () => {
    testBed.devnet.faults.set({ kind: 'http_status', status: 503, action: 'process' });
    open(article());
    await question();
    await view.locator(usable('approve-pay')).click();
    await outcome('unfinished').waitFor();
    expect(await outcome('unfinished').textContent()).toMatch(/Don.t pay again.*open the page again/s);
    testBed.devnet.faults.clear();
    await testBed.purse.until(
      'activity.page',
      { before: null, limit: 1 },
      ({ items: [newest] }) => newest?.kind === 'payment' && newest.state !== 'signed',
    );
  });

  test('goes on with the next question at once, and tells of the payment above it', async () => {
    const confirm = holdConfirmations();
    const other = await testBed.purse.newPage();
    open(article());
    await waiting(1);
    open(article(), other);
    await waiting(2);
    await shown();
    // Over neither tab, the older one is first.
    const [first, second] = await waiting(2);
    await view.locator(`[data-approval="${first?.id}"] ${usable('approve-pay')}`).click();
    await view.locator(`[data-approval="${second?.id}"] [data-testid="outcome"]`).waitFor();
    await view.locator(`[data-approval="${second?.id}"] ${usable('approve-decline')}`).click();
    await view.locator('[data-testid="followed"] [data-testid="outcome"]').waitFor();
    await confirm();
    await page.locator('#paid').waitFor();
    await expect.poll(() => view.isClosed()).toBe(true);
    await other.close();
  });
});

describe('the switch for always', () => {
  test('gives the site a budget of ten such payments a day, with the payment', async () => {
    open(article());
    await question();
    const always = view.getByRole('switch', { name: 'Always pay this site, up to 0.1 XNO a day' });
    expect(await always.isChecked()).toBe(false);
    await always.check();
    await view.locator(usable('approve-pay')).click();
    await page.locator('#paid').waitFor();
    expect(await testBed.purse.ask('budget.list', {})).toMatchObject([
      { site: testBed.merchant.origin, perPayment: String(PRICE), perDay: String(10n * PRICE) },
    ]);
  });

  test('has its limits under a disclosure, and pays nothing while they make no sense', async () => {
    open(article());
    await question();
    await view.getByTestId('approve-always').check();
    await view.getByTestId('approve-limits').click();
    await view.getByTestId('budget-per-payment').fill('0.001');
    await view.getByText('The limit is below this payment (0.01 XNO).').waitFor();
    expect(await view.getByTestId('approve-pay').getAttribute('aria-disabled')).toBe('true');
    await view.getByTestId('budget-per-payment').fill('0.5');
    await view.getByTestId('budget-per-day').fill('2');
    await view.locator(usable('approve-pay')).click();
    await page.locator('#paid').waitFor();
    expect(await testBed.purse.ask('budget.list', {})).toMatchObject([
      { perPayment: String(XNO / 2n), perDay: String(2n * XNO) },
    ]);
  });
});

describe('the reason', () => {
  const warnings = () => view.locator('.notice-warn').allTextContents();

  test('of a first visit is a plain line, and no warning', async () => {
    open(article());
    await question();
    expect(await view.getByTestId('approval-reason').textContent()).toMatch(/haven't set a budget/);
    expect(await warnings()).toEqual([]);
    await view.getByTestId('approve-decline').click();
  });

  test('of a price that rose warns with both prices, with a budget and without one', async () => {
    let amount = PRICE;
    const { url } = openShop(testBed, seller, () => ({ amount }));
    open(url);
    await (await testBed.purse.nextApproval()).approve();
    await page.locator('#paid').waitFor();
    amount = 5n * PRICE;
    open(url);
    const rose = 'The price went up: 0.01 XNO last time, 0.05 XNO now.';
    await question();
    expect(await warnings()).toEqual([rose]);
    await view.getByTestId('approve-decline').click();
    await waiting(0);
    await view.close();

    await testBed.purse.ask('budget.save', {
      site: seller.here,
      perPayment: String(XNO),
      perDay: String(XNO),
      paused: false,
    });
    open(url);
    await question();
    expect(await warnings()).toEqual([rose]);
    await view.getByTestId('approve-decline').click();
  });

  test('of a recipient that changed warns and shows both', async () => {
    let entry = {};
    const { url } = openShop(testBed, seller, () => ({ entry }));
    open(url);
    await (await testBed.purse.nextApproval()).approve({ budget: { perPayment: XNO, perDay: XNO } });
    await page.locator('#paid').waitFor();
    entry = { payTo: OTHER_PAYEE };
    open(url);
    await question();
    expect((await warnings())[0]).toMatch(/a different address than last time/);
    const before = view.getByTestId('approval-payee-before');
    expect(await before.getAttribute('data-account')).toBe(testBed.merchant.payTo);
    expect(await view.locator(`.notice-warn [data-account="${OTHER_PAYEE}"]`).count()).toBe(1);
    await view.getByTestId('approve-decline').click();
  });

  test('of a limit that would be passed says what is left of it', async () => {
    // A site of its own, which has spent nothing today.
    const url = article().replace('127.0.0.1', 'limited.localhost');
    await testBed.purse.ask('budget.save', {
      site: new URL(url).origin,
      perPayment: String(XNO),
      perDay: String(PRICE / 2n),
      paused: false,
    });
    open(url);
    await question();
    expect(await view.getByTestId('approval-reason').textContent()).toBe(
      'This would go over your daily budget for this site: 0.005 of 0.005 XNO left today.',
    );
    await view.getByTestId('approve-decline').click();
  });
});

describe('price, recipient and buttons', () => {
  /** Whether something is wholly in sight, with nothing above it. */
  const isInSight = (locator: Locator) =>
    locator.evaluate((element) => {
      // A text has a box for each line.
      return [...element.getClientRects()].every(({ left, right, top, bottom }) => {
        const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight && element.contains(at);
      });
    });

  // The popup at 200 % has the 600 pixels that the browser gives it: 300 of the page's own.
  test.each([
    ['in a popup of 360 × 510', POPUP, { width: 360, height: 510 }],
    ['in a popup at a zoom of 200 %', POPUP, { width: 360, height: 300 }],
    ['in the own window at a zoom of 200 %', APPROVE, { width: 200, height: 300 }],
    ['in a window of 360 × 510 at a zoom of 200 %', APPROVE, { width: 180, height: 255 }],
  ])('stand in sight together %s, wherever the rest is scrolled to', async (_, path, size) => {
    open(article({ description: `Long ${'words '.repeat(150)}` }));
    await question(path, size);
    await view.getByTestId('approve-always').check();
    await view.getByTestId('approve-limits').click();
    for (const to of ['start', 'end'] as const) {
      await view.getByTestId('approval-details').evaluate((element, block) => {
        element.scrollIntoView({ block });
      }, to);
      const all = ['approval-amount', 'approval-payee', 'approve-pay', 'approve-decline'];
      const locate = (testId: string) =>
        testId === 'approval-payee' ? view.getByTestId(testId).locator('.code') : view.getByTestId(testId);
      const inSight = await Promise.all(all.map((testId) => isInSight(locate(testId))));
      expect(all.filter((__, nth) => !inSight[nth])).toEqual([]);
    }
    // What scrolls can be reached to its end.
    await view.getByTestId('approve-never').scrollIntoViewIfNeeded();
    expect(await isInSight(view.getByTestId('approve-never'))).toBe(true);
    expect(await view.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await view.locator(usable('approve-decline')).click();
  });

  test('stand with the words of the site below every warning, and two lines of them until they are opened', async () => {
    const description = `Long ${'words '.repeat(150)}`;
    let amount = PRICE;
    const rising = openShop(testBed, seller, () => ({ description, amount }));
    open(rising.url);
    await (await testBed.purse.nextApproval()).approve();
    await page.locator('#paid').waitFor();
    amount = 3n * PRICE;
    open(rising.url);
    await question(POPUP, { width: 360, height: 600 });
    const words = view.locator('.description blockquote');
    const heightOf = async () => (await words.boundingBox())?.height ?? 0;
    const lineHeight = await words.evaluate((element) =>
      Number.parseFloat(getComputedStyle(element).lineHeight),
    );
    const clamped = await heightOf();
    expect(clamped).toBeLessThan(2.5 * lineHeight);
    const warning = await view.locator('.notice-warn').last().boundingBox();
    expect((warning?.y ?? 0) + (warning?.height ?? 0)).toBeLessThanOrEqual(
      (await words.boundingBox())?.y ?? 0,
    );
    await view.getByTestId('approval-words-more').click();
    expect(await heightOf()).toBeGreaterThan(5 * lineHeight);
    await view.getByTestId('approve-decline').click();
  });
});
