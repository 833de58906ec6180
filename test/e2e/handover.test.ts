import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PaymentState, PaymentView } from '../../src/messages/payment.ts';
import { difficultyOf } from '../devnet/work.ts';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { openTestBed, PRICE, type TestBed } from './setup.ts';

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

const site = () => testBed.merchant.origin;
const gateOpens = () => page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
const visit = (url: string) => page.goto(url).catch(() => null);

/** The newest payment, once it is in this state. */
async function reached(state: PaymentState): Promise<PaymentView> {
  const { items } = await testBed.purse.until(
    'activity.page',
    { before: null, limit: 1 },
    ({ items: [last] }) => {
      return last?.kind === 'payment' && last.state === state;
    },
  );
  const [last] = items;
  if (last?.kind !== 'payment') throw new Error('no payment');
  return last;
}

/** Where a test clicks in the popup. */
async function inPopup(clicks: (popup: Page) => Promise<void>): Promise<void> {
  const popup = await testBed.purse.popup();
  await clicks(popup);
  await popup.close();
}
const toSettings = (popup: Page) => popup.locator('nav button').last().click();

describe.each(['trackA', 'signedBlock'])('by %s', (mechanism) => {
  beforeEach(async () => {
    // A budget pays nothing of the kind.
    const most = String(100n * PRICE);
    await testBed.purse.ask('budget.save', { site: site(), perPayment: most, perDay: most, paused: false });
  });
  afterEach(() => testBed.purse.ask('budget.remove', { site: site() }));

  async function payOnce(seen: () => Promise<unknown>): Promise<void> {
    const mark = await testBed.mark();
    const shown = seen();
    const { offer, approve } = await testBed.purse.nextApproval();
    expect(offer).toMatchObject({ mechanism, reason: 'reason_signedBlock', canBudget: false });
    expect(offer.warnings).toContain('warning_signedBlock');
    await approve();
    await shown;
    const settled = await reached('settled');
    expect(settled.story.map(({ state }) => state)).toEqual([
      'approved',
      'signed',
      'proven',
      'delivered',
      'settled',
    ]);
    expect(await testBed.paidSince(mark)).toHaveLength(1);
    await testBed.purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) => {
      return last?.kind === 'payment' && last.handedOver === 'published';
    });
  }

  test.each(['spec', 'reference'])('a document is paid, at a merchant in %s', async (flavour) => {
    await payOnce(async () => {
      await visit(testBed.at('/article', { mechanism, flavour }));
      await gateOpens();
    });
  });

  test.each(['spec', 'reference'])('a fetch is paid, at a merchant in %s', async (flavour) => {
    await payOnce(async () => {
      await page.goto(testBed.at('/page', { fetch: '1', mechanism, flavour }));
      await page.locator('#fetch-result[data-state="done"][data-status="200"]').waitFor();
    });
    expect(await page.locator('#fetch-result').textContent()).toContain(PAID_MARKER);
  });
});

test('four times the work is asked about with its number, and the block has it', async () => {
  const mark = await testBed.mark();
  void visit(testBed.at('/article', { mechanism: 'signedBlock', extra: 'harder' }));
  const { offer, approve } = await testBed.purse.nextApproval();
  expect(offer).toMatchObject({ mechanism: 'signedBlock', canBudget: false, harderWork: { times: 4 } });
  await approve();
  await gateOpens();
  await reached('settled');
  expect(await testBed.paidSince(mark)).toHaveLength(1);
  const block = testBed.sends().at(-1)?.block;
  if (block === undefined) throw new Error('paid above');
  const threshold = BigInt(`0x${testBed.devnet.profile.thresholds.send}`);
  const harder = 2n ** 64n - (2n ** 64n - threshold) / 4n;
  expect(difficultyOf(block.work, block.previous)).toBeGreaterThanOrEqual(harder);
});

test('while a block is handed over the account waits, also after the worker was killed, until it is recalled', async () => {
  const { purse, merchant } = testBed;
  const mark = await testBed.mark();
  void visit(testBed.at('/article', { mechanism: 'trackA', hold: '1' }));
  await (await purse.nextApproval()).approve();
  await gateOpens();
  const { id } = await reached('settled');
  await purse.killWorker();

  const to = merchant.payTo;
  await expect(purse.ask('money.send', { to, amount: '1' })).rejects.toThrow(`fault_chequeOut ${site()}`);
  void visit(testBed.at('/article', { mechanism: 'nanoSession' }));
  const { offer, decline } = await purse.nextApproval();
  expect(offer.obstacle).toEqual({ key: 'fault_chequeOut', args: [site()] });
  await decline();
  await page.locator('#gate').waitFor();

  await inPopup(async (popup) => {
    await popup.getByTestId('cheque-out').waitFor();
    await popup.locator(`[data-testid="activity-row"][data-id="${id}"]`).click();
    const card = popup.locator('[data-testid="cheque"][data-state="out"]');
    await card.getByRole('button', { name: 'Cancel payment' }).click();
    await card.getByRole('group').getByRole('button', { name: 'Cancel payment' }).click();
    await popup.locator('[data-testid="payment-state"][data-state="revoked"]').waitFor();
    expect(await popup.getByTestId('cheque').count()).toBe(0);
  });
  expect(await merchant.publishHeld()).toMatchObject([{ kind: 'bounced', moved: true }]);
  expect(testBed.sends().slice(mark.ledger)).toEqual([]);
  merchant.reset();

  await purse.ask('money.send', { to, amount: '1' });
  expect(testBed.sends().slice(mark.ledger)).toMatchObject([{ amount: 1n }]);
});

test('a block that the site published first is not recalled, and the user is told so', async () => {
  const { purse, merchant } = testBed;
  void visit(testBed.at('/article', { mechanism: 'signedBlock', hold: '1' }));
  await (await purse.nextApproval()).approve();
  await gateOpens();
  const { id } = await reached('settled');
  await merchant.publishHeld();
  await expect(purse.ask('payment.recall', { id })).rejects.toThrow(`fault_chequeCashed ${site()}`);
  expect(await reached('settled')).toMatchObject({ id, handedOver: 'published' });
});

test('a server that reads lower case only shows its page after one more load by itself', async () => {
  const mark = await testBed.mark();
  void visit(testBed.at('/article', { mechanism: 'trackA', hex: 'lower' }));
  await (await testBed.purse.nextApproval()).approve();
  await gateOpens();
  await reached('settled');
  expect(await testBed.paidSince(mark)).toHaveLength(1);
});

test('a server that lost the session takes the proof by POST, and the story says so', async () => {
  const mark = await testBed.mark();
  void visit(testBed.at('/article', { 'lose-session': '1' }));
  await (await testBed.purse.nextApproval()).approve();
  const { id, byPost } = await reached('settled');
  expect(byPost).toBe(true);
  await inPopup(async (popup) => {
    await popup.locator(`[data-testid="activity-row"][data-id="${id}"]`).click();
    await popup.getByText('accepted your payment in a different way').waitFor();
  });
  expect(await testBed.paidSince(mark)).toHaveLength(1);
});

test('where a server accepts several mechanisms, the one that the user prefers is used', async () => {
  const offered = async () => {
    void visit(testBed.at('/article', { mechanism: 'nanoSession,trackB,nanoSignature' }));
    const { offer, decline } = await testBed.purse.nextApproval();
    await decline();
    return offer.mechanism;
  };
  expect(await offered()).toBe('nanoSession');
  await inPopup(async (popup) => {
    await toSettings(popup);
    for (const place of [1, 0]) {
      await popup.locator('[data-way="trackB"] button').click();
      await popup
        .locator(`[data-testid="preference"] li:nth-child(${place + 1})[data-way="trackB"]`)
        .waitFor();
    }
  });
  expect(await offered()).toBe('trackB');
  await testBed.purse.ask('settings.preference', { order: [] });
});
