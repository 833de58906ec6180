import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PaymentState, PaymentView } from '../../src/messages/payment.ts';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { openTestBed, PRICE, type TestBed } from './setup.ts';

/** The mechanisms that pay first, in the order in which the purse likes them. */
const MECHANISMS = ['nanoSession', 'nymChallenge', 'trackB', 'nanoSignature'] as const;
const FLAVOURS = ['spec', 'reference'] as const;
const EVERY = MECHANISMS.flatMap((mechanism) => FLAVOURS.map((flavour) => [mechanism, flavour] as const));

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
afterEach(() => page.close());

const visit = (url: string) => page.goto(url).catch(() => null);
const gateOpens = () => page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
const fetched = (status: number) => page.locator(`#fetch-result[data-status="${status}"]`).waitFor();

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

/** Approves the one question, which must be for this mechanism. */
async function approve(mechanism: string): Promise<void> {
  const question = await testBed.purse.nextApproval();
  expect(question.offer).toMatchObject({ mechanism, payTo: testBed.merchant.payTo });
  await question.approve();
}

/** Exactly one payment was made, by this mechanism, and it bought what it was for; all three records say so. */
async function paidOnce(mechanism: string): Promise<void> {
  const settled = await reached('settled');
  expect(settled).toMatchObject({ mechanism, status: 200, approval: 'once' });
  expect(BigInt(settled.amount)).toBeGreaterThanOrEqual(PRICE);
  expect(await testBed.paidSince(mark)).toMatchObject([{ id: settled.id }]);
  expect(testBed.merchant.books().payments.at(-1)).toMatchObject({ mechanism, url: settled.url });
  expect(await testBed.purse.ask('approval.list', {})).toEqual([]);
}

/** What the merchant answered at a URL of its own, and whether a proof was there. */
function answers(url: string): readonly (readonly [status: number | null, hadProof: boolean])[] {
  const { pathname, search } = new URL(url);
  return testBed.merchant
    .books()
    .requests.filter(({ path }) => path === pathname + search)
    .map(({ status, hadPaymentSignature }) => [status, hadPaymentSignature]);
}

describe.each(EVERY)('%s, %s merchant', (mechanism, flavour) => {
  test('opens a page', async () => {
    const url = testBed.at('/article', { mechanism, flavour });
    void visit(url);
    await approve(mechanism);
    await gateOpens();
    await paidOnce(mechanism);
    expect(answers(url)).toEqual([
      [402, false],
      [200, true],
    ]);
  });

  test('answers a fetch', async () => {
    void page.goto(testBed.at('/page', { fetch: '1', mechanism, flavour }));
    await approve(mechanism);
    await fetched(200);
    expect(await page.locator('#fetch-result').textContent()).toContain(PAID_MARKER);
    await paidOnce(mechanism);
    expect(answers(testBed.at('/api/data', { mechanism, flavour }))).toEqual([
      [402, false],
      [200, true],
    ]);
  });
});

describe('a merchant that asks for a payment identifier', () => {
  test.each(MECHANISMS)('gets one from %s, the same on every delivery', async (mechanism) => {
    const terms = { mechanism, paymentIdentifier: 'required', 'refuse-first': '1', 'refuse-with': '500' };
    const url = testBed.at('/article', terms);
    void visit(url);
    await approve(mechanism);
    await reached('refused');
    await visit(url);
    await gateOpens();
    await paidOnce(mechanism);
  });
});

describe('a merchant that takes several mechanisms', () => {
  test.each(MECHANISMS.map((best, index) => [best, MECHANISMS.slice(index).toReversed().join()]))(
    'is paid by %s, and nothing else, when it takes %s',
    async (best, mechanism) => {
      void visit(testBed.at('/article', { mechanism }));
      await approve(best);
      await gateOpens();
      await paidOnce(best);
    },
  );
});

describe('a merchant that shows browsers a page without the price', () => {
  test.each(MECHANISMS)('is still paid by %s', async (mechanism) => {
    const url = testBed.at('/article', { mechanism, paywall: 'html' });
    void visit(url);
    await approve(mechanism);
    await gateOpens();
    await paidOnce(mechanism);
    // The page’s own request, ours, and the page’s with the proof; none of them is met twice.
    expect(answers(url)).toEqual([
      [402, false],
      [402, false],
      [200, true],
    ]);
  });
});

describe('a proof that is refused for now', () => {
  const ways = [
    ...EVERY.map(([mechanism, flavour]) => [mechanism, flavour, 'unconfirmed'] as const),
    ...MECHANISMS.map((mechanism) => [mechanism, 'spec', '500'] as const),
  ];

  test.each(ways)('is delivered again on the next visit: %s, %s merchant, %s', async (...way) => {
    const [mechanism, flavour, reason] = way;
    const url = testBed.at('/article', { mechanism, flavour, 'refuse-first': '1', 'refuse-with': reason });
    void visit(url);
    await approve(mechanism);
    const refused = await reached('refused');
    expect(refused.canDeliver).toBe(true);
    await visit(url);
    await gateOpens();
    await paidOnce(mechanism);
    expect(await reached('settled')).toMatchObject({ id: refused.id, blockHash: refused.blockHash });
  });

  test.each(MECHANISMS)('is delivered again when the page fetches again: %s', async (mechanism) => {
    const url = testBed.at('/api/data', { mechanism, 'refuse-first': '1', 'refuse-with': '429' });
    const asking = testBed.at('/page', { fetch: url });
    await page.goto(asking);
    await approve(mechanism);
    await fetched(429);
    await reached('refused');
    await page.goto(asking);
    await fetched(200);
    await paidOnce(mechanism);
  });

  test.each([{ 'refuse-first': '1', 'refuse-with': 'lost' }, { 'lose-session': '1' }])(
    'because its session is lost goes again at once, by POST: %j',
    async (loss) => {
      const url = testBed.at('/article', loss);
      void visit(url);
      await approve('nanoSession');
      await paidOnce('nanoSession');
      expect(answers(url).slice(0, 2)).toEqual([
        [402, false],
        [410, true],
      ]);
      const { requests } = testBed.merchant.books();
      expect(requests.filter(({ method, path }) => method === 'POST' && url.endsWith(path))).toMatchObject([
        { status: 200, hadPaymentSignature: false },
      ]);
    },
  );
});
