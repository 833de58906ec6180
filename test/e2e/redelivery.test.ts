import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PaymentState, PaymentView } from '../../src/messages/payment.ts';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { openShop } from './attacks/shop.ts';
import { startPaywall } from './interception/paywall.ts';
import { openTestBed, type TestBed, XNO } from './setup.ts';

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  testBed.devnet.elections.delayMs = 50;
  await page.close();
});

/** The newest payment, once it has come this far. */
async function reached(...states: readonly PaymentState[]): Promise<PaymentView> {
  const { items } = await testBed.purse.until(
    'activity.page',
    { before: null, limit: 1 },
    ({ items: [last] }) => last?.kind === 'payment' && states.includes(last.state),
  );
  const [last] = items;
  if (last?.kind !== 'payment') throw new Error('no payment');
  return last;
}

const gateOpens = () => page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
const visit = (url: string) => page.goto(url).catch(() => null);

describe('an answer that was lost', () => {
  test('is requested again with the same proof, and nothing is paid twice', async () => {
    const mark = await testBed.mark();
    const url = testBed.at('/loses-answer');
    void visit(url);
    await (await testBed.purse.nextApproval()).approve();
    const lost = await reached('unanswered');
    expect(lost).toMatchObject({ canDeliver: true, status: null });

    await visit(url);
    await gateOpens();
    const settled = await reached('settled');
    expect(settled).toMatchObject({ id: lost.id, blockHash: lost.blockHash, status: 200 });
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('counts as lost, too, when it is truncated', async () => {
    const mark = await testBed.mark();
    const url = testBed.at('/breaks-off');
    void visit(url);
    await (await testBed.purse.nextApproval()).approve();
    const lost = await reached('unanswered');
    await page.close();

    page = await testBed.purse.newPage();
    await visit(url);
    await gateOpens();
    expect(await reached('settled')).toMatchObject({ id: lost.id, blockHash: lost.blockHash });
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('comes when the user has the proof delivered from the payment’s story', async () => {
    const mark = await testBed.mark();
    void visit(testBed.at('/loses-answer', { n: '2' }));
    await (await testBed.purse.nextApproval()).approve();
    const { id } = await reached('unanswered');
    await page.close();

    const popup = await testBed.purse.popup();
    await popup.locator(`[data-testid="activity-row"][data-id="${id}"]`).click();
    const opened = testBed.purse.context.waitForEvent('page');
    await popup.getByTestId('deliver').click();
    page = await opened;
    await gateOpens();
    await popup.locator('[data-testid="payment-state"][data-state="settled"]').waitFor();
    await popup.close();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });
});

test('a payment that its server takes and serves later waits for the server, until that serves it', async () => {
  const { purse } = testBed;
  const server = await startPaywall();
  const answers = [202, 200];
  const { url } = openShop(
    testBed,
    server,
    () => ({}),
    (response) => {
      const status = answers.shift() ?? 200;
      response.writeHead(status, {
        'Content-Type': 'text/html',
        ...(status === 202 && { 'Retry-After': '300' }),
      });
      response.end(status === 202 ? '<!doctype html><p>Later' : '<!doctype html><p id="paid">Paid');
    },
  );
  const mark = await testBed.mark();
  void visit(url);
  await (await purse.nextApproval()).approve();
  const waits = await reached('unanswered');
  expect(waits.pending).toEqual({ notBefore: expect.any(Number) });
  expect((waits.pending?.notBefore ?? 0) - Date.now()).toBeGreaterThan(200_000);

  const popup = await purse.popup();
  const tabs = await popup.evaluate(() => chrome.tabs.query({}));
  const tabId = tabs.find((tab) => tab.url === url)?.id ?? -1;
  expect(await purse.ask('exchange.list', { tabId })).toMatchObject([{ state: 'pending', status: 202 }]);
  const row = popup.locator(`[data-testid="activity-row"][data-id="${waits.id}"]`);
  await row.getByText('Waiting until').click();
  await popup.getByTestId('payment-state').getByText('Waiting for the site').waitFor();
  await popup.getByText('The site asks to be tried again from').waitFor();
  await popup.close();

  // Too early for the server: the page gets its 402, and the log says why. The user may still have it asked.
  await visit(url);
  await purse.until('log.list', {}, ([line]) => line?.key === 'refusal_NOT_YET' && line.url === url);
  const opens = purse.context.waitForEvent('page');
  await purse.ask('payment.deliver', { id: waits.id });
  const opened = await opens;
  await opened.locator('#paid').waitFor();
  const settled = await reached('settled');
  await opened.close();
  expect(settled).toMatchObject({ id: waits.id, pending: null });
  expect(settled.story.filter(({ pending }) => pending)).toHaveLength(1);
  expect((await purse.payments()).slice(mark.journal)).toMatchObject([{ id: waits.id }]);
  expect(testBed.sends().slice(mark.ledger)).toMatchObject([{ hash: waits.blockHash }]);
  await server.close();
});

describe('a server that receives the money and refuses', () => {
  test('is not paid again without a question, not even inside a budget', async () => {
    const { purse, merchant } = testBed;
    const budget = { perPayment: String(XNO), perDay: String(XNO), paused: false };
    await purse.ask('budget.save', { site: merchant.origin, ...budget });
    const mark = await testBed.mark();
    const url = testBed.at('/always-refuses');
    await visit(url);
    const refused = await reached('refused');
    expect(refused).toMatchObject({ approval: 'budget', status: 402 });
    expect(refused.serverSaid).toContain('content withheld');
    await page.locator('#gate', { hasText: 'content withheld' }).waitFor();
    expect(await purse.ask('approval.list', {})).toEqual([]);

    // The same proof goes once more; the fresh offer of the visit after that is a question, and says what happened before.
    await visit(url);
    await purse.until(
      'activity.page',
      { before: null, limit: 1 },
      ({ items: [last] }) =>
        last?.kind === 'payment' && last.story.filter(({ state }) => state === 'refused').length === 2,
    );
    void visit(url);
    const { offer, decline } = await purse.nextApproval();
    expect(offer.reason).toBe('reason_undeliveredBefore');
    await decline();
    expect(await testBed.paidSince(mark)).toMatchObject([{ id: refused.id, state: 'refused' }]);
    await purse.ask('budget.remove', { site: merchant.origin });
  });
});

describe('a page that is loaded again', () => {
  test('while its question waits is paid for once', async () => {
    const mark = await testBed.mark();
    void visit(testBed.at('/article'));
    const first = await testBed.purse.nextApproval();
    void page.reload().catch(() => null);
    const second = await testBed.purse.nextApproval();
    expect(await testBed.purse.ask('approval.list', {})).toMatchObject([{ id: second.offer.id }]);
    expect(second.offer.id).not.toBe(first.offer.id);
    await second.approve();
    await gateOpens();
    await reached('settled');
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('while it is being paid is paid for once', async () => {
    testBed.devnet.elections.delayMs = 1500;
    const mark = await testBed.mark();
    void visit(testBed.at('/article'));
    await (await testBed.purse.nextApproval()).approve();
    await reached('published');
    await page.reload().catch(() => null);
    await gateOpens();
    await reached('settled');
    expect(await testBed.purse.ask('approval.list', {})).toEqual([]);
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('that fetches while it is being paid is paid for once', async () => {
    testBed.devnet.elections.delayMs = 1500;
    const mark = await testBed.mark();
    await page.goto(testBed.at('/page', { fetch: '1' }));
    await (await testBed.purse.nextApproval()).approve();
    await reached('published');
    await page.reload();
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    await reached('settled');
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });
});

describe('a worker that is killed', () => {
  const ways = [
    { way: 'document', url: () => testBed.at('/article'), done: gateOpens },
    {
      way: 'fetch',
      url: () => testBed.at('/page', { fetch: '1' }),
      done: () => page.locator('#fetch-result[data-status="200"]').waitFor(),
    },
    {
      way: 'iframe',
      url: () => testBed.at('/page', { iframe: '1' }),
      done: () => page.frameLocator('#iframe-view').locator('#paid').waitFor(),
    },
  ];

  test.each(ways)('while the question waits asks it again: $way', async ({ url, done }) => {
    const mark = await testBed.mark();
    void visit(url());
    const first = await testBed.purse.nextApproval();
    await testBed.purse.killWorker();
    const second = await testBed.purse.nextApproval();
    expect(second.offer.url).toBe(first.offer.url);
    expect(await testBed.purse.ask('approval.list', {})).toHaveLength(1);
    await second.approve();
    await done();
    await reached('settled');
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test.each(ways)('before the confirmation pays once, and the page gets it: $way', async ({ url, done }) => {
    testBed.devnet.elections.delayMs = 2000;
    const mark = await testBed.mark();
    void visit(url());
    await (await testBed.purse.nextApproval()).approve();
    await reached('published');
    await testBed.purse.killWorker();
    await reached('settled');
    await done();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('before the block is published publishes the very same block', async () => {
    const { devnet, purse } = testBed;
    const mark = await testBed.mark();
    void visit(testBed.at('/article'));
    const { approve } = await purse.nextApproval();
    devnet.faults.set({ kind: 'latency', ms: 60_000, action: 'process', times: 1 });
    await approve();
    const { blockHash } = await reached('signed');
    await purse.killWorker();
    const settled = await reached('settled');
    await gateOpens();
    expect(blockHash).not.toBeNull();
    expect(settled.blockHash).toBe(blockHash);
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('while the server checks the proof delivers it again', async () => {
    const { devnet, purse } = testBed;
    const mark = await testBed.mark();
    const url = testBed.at('/article');
    void visit(url);
    const { approve } = await purse.nextApproval();
    // The merchant asks the node about the proof; the purse is done with the node by then.
    devnet.faults.set({ kind: 'latency', ms: 1500, action: 'block_info' });
    await approve();
    await reached('delivered');
    await purse.killWorker();
    devnet.faults.clear();
    await gateOpens();
    // Nobody knows any more that it was honoured, so the proof goes before money on the next visit; it is spent.
    await visit(url);
    expect(await reached('refused')).toMatchObject({ status: 410 });
    expect(await purse.ask('approval.list', {})).toEqual([]);
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('after its page was closed keeps the proof for the next visit', async () => {
    testBed.devnet.elections.delayMs = 1500;
    const mark = await testBed.mark();
    const url = testBed.at('/article', { n: 'later' });
    void visit(url);
    await (await testBed.purse.nextApproval()).approve();
    await reached('published');
    await page.close();
    await testBed.purse.killWorker();
    await reached('proven', 'unanswered');
    page = await testBed.purse.newPage();
    await visit(url);
    await gateOpens();
    await reached('settled');
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });
});
