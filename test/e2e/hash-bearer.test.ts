/** Payments that are made first, and proven by their block hash alone (docs/WIRE.md §3.11). */

import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };
import type { PaymentState, PaymentView } from '../../src/messages/payment.ts';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

const mechanism = 'hashBearer';

let testBed: TestBed;
let page: Page;
let mark: Awaited<ReturnType<TestBed['mark']>>;

beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
  mark = await testBed.mark();
});
afterEach(async () => {
  await testBed.purse.ask('budget.remove', { site: testBed.merchant.origin });
  await page.close();
});

const visit = (url: string) => page.goto(url).catch(() => null);
const gateOpens = () => page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
const shown = (way: 'fetch' | 'xhr', status: number) =>
  page.locator(`#${way}-result[data-status="${status}"]`).waitFor();
const budget = () =>
  testBed.purse.ask('budget.save', {
    site: testBed.merchant.origin,
    perPayment: String(XNO),
    perDay: String(XNO),
    paused: false,
  });

/** The newest payment, once it is in this state. */
async function reached(state: PaymentState): Promise<PaymentView> {
  const { items } = await testBed.purse.until(
    'activity.page',
    { before: null, limit: 1 },
    ({ items: [last] }) => last?.kind === 'payment' && last.state === state,
  );
  const [last] = items;
  if (last?.kind !== 'payment') throw new Error('no payment');
  return last;
}

/** What the merchant answered at a URL of its own, and whether a proof was there. */
function answers(url: string): readonly (readonly [status: number | null, hadProof: boolean])[] {
  const { pathname, search } = new URL(url);
  return testBed.merchant
    .books()
    .requests.filter(({ path }) => path === pathname + search)
    .map(({ status, hadPaymentSignature }) => [status, hadPaymentSignature]);
}

describe('an offer by hash is asked about, with what that means, and buys', () => {
  test('a page', async () => {
    const url = testBed.at('/article', { mechanism, n: '1' });
    void visit(url);
    const question = await testBed.purse.nextApproval();
    expect(question.offer).toMatchObject({
      mechanism,
      payTo: testBed.merchant.payTo,
      amount: String(PRICE),
      warnings: expect.arrayContaining(['warning_paidByHash']),
    });
    await question.approve();
    await gateOpens();
    expect(await reached('settled')).toMatchObject({ mechanism, status: 200, approval: 'once' });
    expect(await testBed.paidSince(mark)).toHaveLength(1);
    // The page’s own request, ours as a program, and the page’s with the hash.
    expect(answers(url)).toEqual([
      [402, false],
      [402, false],
      [200, true],
    ]);
  });

  test.each(['fetch', 'xhr'] as const)('what a script asks for by %s', async (way) => {
    void page.goto(testBed.at('/page', { [way]: '1', mechanism, n: way }));
    await (await testBed.purse.nextApproval()).approve();
    await shown(way, 200);
    expect(await page.locator(`#${way}-result`).textContent()).toContain(PAID_MARKER);
    expect(await testBed.paidSince(mark)).toHaveLength(1);
    expect(answers(testBed.at('/api/data', { mechanism, n: way }))).toEqual([
      [402, false],
      [200, true],
    ]);
  });

  test.each(['fetch', 'xhr'] as const)('nothing when it is declined: %s gets its 402 whole', async (way) => {
    void page.goto(testBed.at('/page', { [way]: '1', mechanism, n: `declined-${way}` }));
    await (await testBed.purse.nextApproval()).decline();
    await shown(way, 402);
    const text = (await page.locator(`#${way}-result`).textContent()) ?? '';
    expect(JSON.parse(text)).toMatchObject({ pay_to: testBed.merchant.payTo, price_raw: String(PRICE) });
    await testBed.nothingSince(mark);
  });
});

describe('a budget', () => {
  test('pays an offer by hash of 0.01 XNO, for a page and for a script', async () => {
    await budget();
    await visit(testBed.at('/article', { mechanism, n: '2' }));
    await gateOpens();
    await page.goto(testBed.at('/page', { fetch: '1', mechanism, n: '3' }));
    await shown('fetch', 200);
    const paid = await testBed.paidSince(mark);
    expect(paid).toMatchObject([{ approval: 'budget' }, { approval: 'budget' }]);
  });

  test('does not pay a higher price: the question says why, with the limit', async () => {
    await budget();
    void visit(testBed.at('/article', { mechanism, price: String(PRICE + 1n), n: '4' }));
    const { offer, decline } = await testBed.purse.nextApproval();
    expect(offer).toMatchObject({ reason: 'reason_overHash', canBudget: false });
    expect(messages.reason_overHash.message).toContain('0.01 XNO');
    await decline();
    await testBed.nothingSince(mark);
  });
});

describe('a server that does not see the payment at once', () => {
  test('and answers the plain 402 again gets the same hash until it serves', async () => {
    const url = testBed.at('/article', { mechanism, 'refuse-first': '2', n: '5' });
    void visit(url);
    await (await testBed.purse.nextApproval()).approve();
    const refused = await reached('refused');
    await visit(url);
    await expect.poll(() => answers(url).filter(([, hadProof]) => hadProof).length).toBe(2);
    await visit(url);
    await gateOpens();
    expect(await reached('settled')).toMatchObject({ id: refused.id, blockHash: refused.blockHash });
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });
});

test('a page that shows a hash itself handles its own 402, and is not paid for', async () => {
  await page.goto(testBed.at('/free'));
  const url = testBed.at('/api/data', { mechanism, n: '6' });
  const status = await page.evaluate(
    async (paid) => (await fetch(paid, { headers: { 'X-Nano-Payment': 'AB'.repeat(32) } })).status,
    url,
  );
  expect(status).toBe(402);
  expect(await testBed.purse.ask('approval.list', {})).toEqual([]);
  expect(answers(url)).toEqual([[402, true]]);
  await testBed.nothingSince(mark);
});
