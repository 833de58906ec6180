/** Money that a payee sends back, and what a seller says it keeps. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TransferView } from '../../src/messages/activity.ts';
import type { PaymentView } from '../../src/messages/payment.ts';
import { fundedPayer, type Payer } from '../merchant/testing/payer.ts';
import { openTestBed, PRICE, TAG, type TestBed, XNO } from './setup.ts';

const SEED = 'C0FFEE'.padEnd(64, '0');

let testBed: TestBed;
let page: Page;
/** The account of the merchant, which sends back. */
let payee: Payer;

beforeAll(async () => {
  testBed = await openTestBed({ merchant: { seed: SEED }, isMerchantOpened: false });
  payee = await fundedPayer(testBed.devnet, XNO, SEED);
  const limits = { perPayment: String(XNO), perDay: String(XNO), paused: false };
  await testBed.purse.ask('budget.save', { site: testBed.merchant.origin, ...limits });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

/** Pays for a URL of the merchant within the budget; resolves with the payment once it is settled. */
async function bought(query: Readonly<Record<string, string>> = {}): Promise<PaymentView> {
  const before = (await testBed.purse.payments()).length;
  await page.goto(testBed.at('/free'));
  const url = testBed.at('/api/data', { visit: crypto.randomUUID(), ...query });
  expect(await page.evaluate(async (to) => (await fetch(to)).status, url)).toBe(200);
  const isSettled = async () => (await testBed.purse.payments())[before]?.state;
  await expect.poll(isSettled).toBe('settled');
  const payment = (await testBed.purse.payments())[before];
  if (payment === undefined) throw new Error('nothing was paid');
  return payment;
}

const spentToday = async () => {
  const [budget] = await testBed.purse.ask('budget.list', {});
  return BigInt(budget?.spentToday ?? -1);
};

/** The transfer that received a send, once it is done. */
async function receivedBy(source: string): Promise<TransferView> {
  const isIt = (item: { readonly id: string; readonly state: string }) =>
    item.id === source && item.state === 'done';
  const { items } = await testBed.purse.until('activity.page', { before: null, limit: 50 }, (all) =>
    all.items.some(isIt),
  );
  const found = items.find(isIt);
  if (found === undefined || found.kind === 'payment') throw new Error('no transfer');
  return found;
}

const paymentOf = async ({ id }: PaymentView) =>
  (await testBed.purse.payments()).find((payment) => payment.id === id);

test('money that a paid account sends back is the refund of its payment, and is given back to the budget once', async () => {
  const { purse, merchant } = testBed;
  const before = await spentToday();
  const payment = await bought();
  expect(await spentToday()).toBe(before + BigInt(payment.amount));

  const back = PRICE / 4n;
  const source = await payee.pay(purse.account, back);
  const transfer = await receivedBy(source);
  expect(transfer.refundOf).toEqual({ id: payment.id, site: merchant.origin });
  expect((await paymentOf(payment))?.refunds).toMatchObject([
    { id: source, amount: String(back), counted: String(back) },
  ]);
  expect(await spentToday()).toBe(before + BigInt(payment.amount) - back);

  await purse.killWorker();
  await purse.ask('purse.refresh', {});
  await receivedBy(await payee.pay(purse.account, 10n * PRICE));
  expect((await paymentOf(payment))?.refunds.map(({ counted }) => counted)).toEqual([
    String(back),
    String(PRICE - back),
  ]);
  const left = (await spentToday()) - before;
  expect(left).toBeGreaterThanOrEqual(0n);
  expect(left).toBeLessThan(TAG);
  const more = await receivedBy(await payee.pay(purse.account, PRICE));
  expect(more.refundOf).toBeNull();
});

test('a refund is shown in the activity with its site, and on the page of its payment', async () => {
  const payment = await bought();
  const source = await payee.pay(testBed.purse.account, PRICE / 2n);
  await receivedBy(source);
  const popup = await testBed.purse.popup();
  await popup.locator('nav button').nth(1).click();
  const row = popup.locator(`[data-testid="activity-row"][data-id="${source}"]`);
  expect(await row.textContent()).toContain('Refund');
  expect(await row.textContent()).toContain(new URL(testBed.merchant.origin).hostname);
  await row.click();
  await popup.getByTestId('refund-of').waitFor();
  await popup.getByRole('button', { name: 'Back', exact: true }).click();
  await popup.locator(`[data-testid="activity-row"][data-id="${payment.id}"]`).click();
  await popup.getByTestId('refund').waitFor();
  await popup.locator(`[data-testid="refund-counted"][data-raw="${PRICE / 2n}"]`).waitFor();
  await popup.close();
});

test('money of an account that was not paid is no refund', async () => {
  await bought();
  const stranger = await fundedPayer(testBed.devnet, XNO);
  const before = await spentToday();
  const transfer = await receivedBy(await stranger.pay(testBed.purse.account, PRICE));
  expect(transfer.refundOf).toBeNull();
  expect(await spentToday()).toBe(before);
});

test('a credit that the seller keeps on the block hash is named with the payment, and counts as spent', async () => {
  const before = await spentToday();
  const credit = PRICE / 5n;
  const payment = await bought({ mechanism: 'hashBearer', price: String(PRICE), credit: String(credit) });
  expect(payment.credit).toBe(String(credit));
  expect(await spentToday()).toBe(before + PRICE);
  const popup = await testBed.purse.popup();
  await popup.locator('nav button').nth(1).click();
  await popup.locator(`[data-testid="activity-row"][data-id="${payment.id}"]`).click();
  await popup.locator(`[data-testid="credit"][data-raw="${credit}"]`).waitFor();
  await popup.close();
});
