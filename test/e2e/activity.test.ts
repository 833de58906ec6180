import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PaymentView } from '../../src/messages/payment.ts';
import { openShop } from './attacks/shop.ts';
import { startPaywall } from './interception/paywall.ts';
import { openTestBed, PRICE, type TestBed } from './setup.ts';

let testBed: TestBed;
let popup: Page;

beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  popup = await testBed.purse.popup();
  await popup.locator('nav button').nth(1).click();
});
afterEach(() => popup.close());

/** Pays for a page after a question, and resolves once its payment has this state. */
async function bought(url: string, state: PaymentView['state'] = 'settled'): Promise<PaymentView> {
  const page = await testBed.purse.newPage();
  void page.goto(url).catch(() => undefined);
  await (await testBed.purse.nextApproval()).approve();
  const { items } = await testBed.purse.until(
    'activity.page',
    { before: null, limit: 1 },
    ({ items: [last] }) => last?.kind === 'payment' && last.url === url && last.state === state,
  );
  const [payment] = items;
  if (payment?.kind !== 'payment') throw new Error('the last activity is no payment');
  if (state === 'settled') await page.locator('#paid').waitFor();
  await page.close();
  await popup.bringToFront();
  return payment;
}

const rowOf = ({ id }: PaymentView) =>
  popup.locator('li', { has: popup.locator(`[data-testid="activity-row"][data-id="${id}"]`) });
const host = () => new URL(testBed.merchant.origin).host;

test('a row shows the title of the page, a link that opens it, and the site below, under the day', async () => {
  const url = testBed.at('/article', { mechanism: 'nanoSignature', n: 'title' });
  const page = await testBed.purse.newPage();
  void page.goto(url).catch(() => undefined);
  await (await testBed.purse.nextApproval()).approve();
  await page.locator('#paid').waitFor();
  const title = await page.title();
  const payments = await testBed.purse.until(
    'activity.page',
    { before: null, limit: 1 },
    ({ items: [last] }) => {
      return last?.kind === 'payment' && last.url === url && last.title !== null;
    },
  );
  await page.close();
  await popup.bringToFront();
  const [payment] = payments.items;
  if (payment?.kind !== 'payment') throw new Error('the last activity is no payment');
  expect(payment.title).toBe(title);

  const row = rowOf(payment);
  await row.getByTestId('row-title').getByText(title).waitFor();
  expect(await row.textContent()).toContain(host());
  const link = row.getByTestId('bought-link');
  expect(await link.evaluate((one: HTMLAnchorElement) => [one.href, one.target, one.rel])).toEqual([
    url,
    '_blank',
    'noreferrer noopener',
  ]);
  const day = popup.getByTestId('activity-day').filter({ has: row });
  expect(await day.getByRole('heading').textContent()).toBe('Today');

  // The server does not accept the receipt a second time: it asks for money again, and gets none without a question.
  const mark = await testBed.mark();
  await testBed.purse.ask('budget.save', {
    site: testBed.merchant.origin,
    perPayment: String(PRICE),
    perDay: String(100n * PRICE),
  });
  const opening = testBed.purse.context.waitForEvent('page');
  await link.click();
  const opened = await opening;
  const { offer, decline } = await testBed.purse.nextApproval();
  expect(offer.url).toBe(url);
  await decline();
  await opened.close();
  await testBed.nothingSince(mark);
  await testBed.purse.ask('budget.remove', { site: testBed.merchant.origin });
});

test('what was bought opens again with the kept receipt where the site still accepts it, and is not paid again', async () => {
  const server = await startPaywall();
  const shop = openShop(testBed, server, () => ({}));
  const payment = await bought(shop.url);
  await testBed.purse.ask('budget.save', {
    site: payment.site ?? '',
    perPayment: String(100n * PRICE),
    perDay: String(100n * PRICE),
  });
  const sends = testBed.sends().length;
  for (const inStory of [false, true]) {
    if (inStory) await rowOf(payment).getByTestId('activity-row').click();
    const link = inStory ? popup.getByText('Open again') : rowOf(payment).getByTestId('bought-link');
    const opening = testBed.purse.context.waitForEvent('page');
    await link.click();
    const opened = await opening;
    await opened.locator('#paid').waitFor();
    await opened.close();
    await popup.bringToFront();
  }
  expect(shop.proofs()).toBe(3);
  expect(testBed.sends()).toHaveLength(sends);
  expect(await testBed.purse.ask('approval.list', {})).toEqual([]);
  await testBed.purse.ask('budget.remove', { site: payment.site ?? '' });
  await server.close();
});

test('totals of the week and the month stand above; a search and a site have their own payments', async () => {
  const spent = async () => BigInt((await popup.getByTestId('total-month').getAttribute('data-raw')) ?? '');
  await popup.getByTestId('total-month').waitFor();
  const before = await spent();
  const payment = await bought(testBed.at('/article', { mechanism: 'nanoSignature', n: 'wombat' }));
  await popup.locator(`[data-testid="total-month"][data-raw="${before + PRICE}"]`).waitFor();
  expect(await popup.getByTestId('total-week').getAttribute('data-raw')).not.toBe('0');

  const search = popup.getByTestId('activity-search');
  await search.fill('wombat');
  await popup.getByTestId('total-month').waitFor({ state: 'detached' });
  await rowOf(payment).waitFor();
  await expect.poll(() => popup.getByTestId('activity-row').count()).toBe(1);
  // The story opens from the search, and leads back to it.
  await popup.getByTestId('activity-row').click();
  await popup.getByTestId('payment-state').waitFor();
  await popup.getByTestId('all-of-site').click();
  await popup.getByTestId('site-shown').waitFor();
  await rowOf(payment).waitFor();
  await expect.poll(() => popup.getByTestId('activity-row').count()).toBeGreaterThan(1);
  // No tags are counted, and this site was paid without any.
  const ofSite = (await testBed.purse.payments()).filter(({ site }) => site === payment.site);
  const ever = ofSite.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  await popup.locator(`[data-testid="total-ever"][data-raw="${ever}"]`).waitFor();
  await popup.getByTestId('site-new-budget').waitFor();
  const back = popup.getByRole('button', { name: 'Back', exact: true });
  await back.click();
  await popup.getByTestId('payment-state').waitFor();
  await back.click();
  expect(await search.inputValue()).toBe('wombat');
  await search.fill('nothing like it');
  await popup.getByText('No payments found').waitFor();
  // A search that was given up stays so, however soon the user goes on.
  await search.fill('');
  await rowOf(payment).click();
  await popup.getByTestId('payment-state').waitFor();
  await back.click();
  await popup.getByTestId('total-month').waitFor();
  expect(await search.inputValue()).toBe('');
});

test('what was paid and not delivered stands on top, and is tried again for free', async () => {
  const mark = await testBed.mark();
  const lost = await bought(testBed.at('/loses-answer', { n: 'top' }), 'unanswered');
  const onTop = popup.getByTestId('undelivered');
  await onTop.locator(`[data-id="${lost.id}"]`).waitFor();
  expect(await rowOf(lost).count()).toBe(1);
  const opening = testBed.purse.context.waitForEvent('page');
  await onTop.getByTestId('try-again').click();
  const opened = await opening;
  await opened.locator('#paid').waitFor();
  await onTop.waitFor({ state: 'detached' });
  await popup.getByTestId('activity-day').locator(`[data-id="${lost.id}"][data-state="settled"]`).waitFor();
  await opened.close();
  await popup.bringToFront();
  expect(await testBed.paidSince(mark)).toHaveLength(1);
  // The focus was on the button, which is gone.
  expect(await popup.evaluate(() => document.activeElement?.tagName)).toBe('H1');

  await popup.locator(`[data-testid="activity-row"][data-id="${lost.id}"]`).click();
  await popup.getByTestId('step').first().waitFor();
  const steps = await popup.getByTestId('step').evaluateAll((all) => all.map((one) => one.dataset.key));
  expect(steps.indexOf('popup_step_paid')).toBeGreaterThan(0);
  expect(steps.lastIndexOf('popup_step_delivered')).toBe(steps.length - 1);
});
