/** Payments of a real browser over a line on which everything goes wrong: paid once, in every book, and the page has it. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };
import type { FaultKey } from '../../src/fault.ts';
import type { Devnet } from '../devnet/devnet.ts';
import { type NodeProxy, type ProxyFault, startProxy } from '../devnet/proxy.ts';
import type { SocketFault } from '../devnet/proxy-socket.ts';
import { twinOf } from '../devnet/twin.ts';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { type Mark, openTestBed, type TestBed, XNO } from './setup.ts';

let testBed: TestBed;
let page: Page;
let mark: Mark;
let debited: bigint;
/** The purse knows two nodes, and one of them by its WebSocket. */
let first: NodeProxy;
let second: NodeProxy;
const others: Devnet[] = [];

beforeAll(async () => {
  testBed = await openTestBed({
    async line(devnet) {
      [first, second] = [await startProxy(devnet), await startProxy(devnet)];
      return { rpcUrls: [first.rpcUrl, second.rpcUrl], wsUrl: first.wsUrl };
    },
  });
  const { purse, merchant } = testBed;
  await purse.ask('budget.save', {
    site: merchant.origin,
    perPayment: String(XNO),
    perDay: String(9n * XNO),
    paused: false,
  });
});
afterAll(async () => {
  await testBed?.close();
  for (const one of [first, second, ...others]) await one.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
  mark = await testBed.mark();
  debited = await spentToday();
});
afterEach(async () => {
  await works();
  await page.close();
});

/** How long something may take that happens by itself, on a machine that has other things to do (ms). */
const PATIENCE = { timeout: 60_000 };

const spentToday = async () => {
  const [budget] = await testBed.purse.ask('budget.list', {});
  return BigInt(budget?.spentToday ?? 0);
};
const visit = (url: string) => page.goto(url).catch(() => null);
const gateOpens = () => page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
const fails = (...faults: readonly ProxyFault[]) => {
  for (const node of [first, second]) node.set(...faults);
};
const works = async () => {
  fails();
  first.socket(null);
  testBed.devnet.faults.clear();
};

/** One payment since the mark, in every book, and that is what the budget was debited with. */
async function paidOnce(): Promise<void> {
  await expect.poll(async () => (await testBed.purse.payments()).at(-1)?.state, PATIENCE).toBe('settled');
  const [payment, ...more] = await testBed.paidSince(mark);
  expect(more).toEqual([]);
  expect((await spentToday()) - debited).toBe(BigInt(payment?.amount ?? 0));
}

/** What the user's log says of the newest 402 that was left to its page. */
const reason = async (url: string) =>
  (await testBed.purse.ask('log.list', {})).find((line) => line.url === url)?.key;

const there = { way: 'there' } as const;
const back = { way: 'back' } as const;
const process = { action: 'process' } as const;

describe('nothing is noticed of', () => {
  const faults: readonly {
    readonly name: string;
    readonly faults: readonly ProxyFault[];
    readonly socket?: SocketFault;
  }[] = [
    {
      name: 'an answer that is cut after the block was taken',
      faults: [{ kind: 'cut', ...back, ...process }],
    },
    { name: 'a request that is cut once', faults: [{ kind: 'cut', ...there, ...process, times: 1 }] },
    { name: '500 after the block was taken', faults: [{ kind: 'answer', ...back, status: 500, ...process }] },
    { name: 'half an answer', faults: [{ kind: 'half', ...process }] },
    { name: 'half an answer as if it were all', faults: [{ kind: 'half', quietly: true, ...process }] },
    { name: 'a request that arrives twice', faults: [{ kind: 'duplicate', ...there, ...process }] },
    { name: 'an answer that arrives twice', faults: [{ kind: 'duplicate', ...back, ...process }] },
    { name: 'answers that drip', faults: [{ kind: 'drip', bytes: 60, everyMs: 5 }] },
    { name: 'a WebSocket that is mute', faults: [], socket: 'mute' },
    { name: 'a WebSocket that is closed', faults: [], socket: 'closed' },
    { name: 'a WebSocket that says everything twice', faults: [], socket: 'twice' },
  ];

  test.each(faults)('$name', async ({ name, faults, socket = null }) => {
    fails(...faults);
    first.socket(socket);
    await visit(testBed.at('/article', { name }));
    await gateOpens();
    await paidOnce();
  });

  test('an answer that is cut, by a page that fetches', async () => {
    fails({ kind: 'cut', ...back, ...process });
    await visit(testBed.at('/page', { fetch: '1' }));
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    await paidOnce();
  });

  test('a node that accepts the block and shares it with no other node', async () => {
    const twin = await twinOf(testBed.devnet);
    others.push(twin);
    first.set({ kind: 'elsewhere', rpcUrl: twin.rpcUrl });
    first.socket('mute');
    await visit(testBed.at('/article', { name: 'island' }));
    await gateOpens();
    await paidOnce();
  });
});

describe('the page has its 402, the log the reason, and the next visit the content, after', () => {
  test.each<{ readonly name: string; readonly faults: readonly ProxyFault[]; readonly key: FaultKey }>([
    {
      name: 'requests that are cut',
      faults: [{ kind: 'cut', ...there, ...process }],
      key: 'fault_blockWaits',
    },
    {
      name: '503 for every block',
      faults: [{ kind: 'answer', ...there, status: 503, ...process }],
      key: 'fault_blockWaits',
    },
    {
      name: 'a web page for every answer',
      faults: [{ kind: 'answer', ...there, body: '<!doctype html>' }],
      key: 'fault_blockWaits',
    },
    {
      name: '429 for every block',
      faults: [{ kind: 'answer', ...there, status: 429, headers: { 'Retry-After': '1' }, ...process }],
      key: 'fault_blockWaits',
    },
  ])('$name', async ({ name, faults, key }) => {
    const url = testBed.at('/article', { name });
    fails(...faults);
    await visit(url);
    await page.locator('#gate').waitFor();
    await expect.poll(() => reason(url), PATIENCE).toBe(key);
    expect(testBed.sends().slice(mark.ledger)).toEqual([]);
    const popup = await testBed.purse.popup();
    const waiting = popup.locator('[data-testid="activity-row"][data-state="signed"]');
    await waiting.getByText(/Being sent to the Nano network|Waiting for the Nano network/).waitFor();
    await popup.close();
    await works();
    // The purse finds by itself that its nodes are back.
    await expect
      .poll(async () => {
        await testBed.purse.ask('purse.refresh', {});
        return testBed.purse.ask('purse.state', {});
      }, PATIENCE)
      .toMatchObject({ trouble: null });
    await visit(url);
    await gateOpens();
    await paidOnce();
  });

  test('a fetch that no node pays; the toolbar button of its tab and the popup say so until the next payment', async () => {
    const { purse } = testBed;
    const url = testBed.at('/api/data', { name: 'no node for a fetch' });
    await page.goto(testBed.at('/free'));
    const get = () => page.evaluate(async (address) => (await fetch(address)).status, url);
    const popup = await purse.popup();
    const tabs = await popup.evaluate(() => chrome.tabs.query({}));
    const tabId = tabs.find((tab) => tab.url === page.url())?.id ?? -1;
    const button = () => popup.evaluate((id) => chrome.action.getBadgeText({ tabId: id }), tabId);
    await page.bringToFront();
    fails({ kind: 'cut', ...there });
    expect(await get()).toBe(402);
    await expect.poll(button, PATIENCE).toBe('!');
    const [exchange] = await purse.ask('exchange.list', { tabId });
    expect(exchange).toMatchObject({ state: 'failed', why: { key: await reason(url) } });
    await works();
    await popup.reload();
    mark = await testBed.mark();
    expect(await get()).toBe(200);
    await expect.poll(button, PATIENCE).toBe('');
    await popup.close();
  });

  test('a worker that was killed while no node could be reached; the popup says so', async () => {
    const { purse } = testBed;
    const url = testBed.at('/article', { name: 'no node' });
    await purse.killWorker();
    fails({ kind: 'cut', ...there });
    await visit(url);
    await page.locator('#gate').waitFor();
    await expect.poll(() => reason(url), PATIENCE).toBe('fault_nodeUnreachable');
    // What was reserved is given back: the budget is counted over both visits.
    expect((await purse.payments()).slice(mark.journal)).toMatchObject([
      { state: 'abandoned', fault: { key: 'fault_nodeUnreachable' } },
    ]);
    mark = await testBed.mark();
    const popup = await purse.popup();
    await popup.getByTestId('trouble').getByText(messages.fault_nodeUnreachable.message).waitFor();
    // Nothing beside it says otherwise: the purse is not ready to pay, and the payment that was given up took nothing.
    expect(await popup.getByTestId('work').textContent()).toBe('');
    const givenUp = popup.getByTestId('activity-row').first();
    expect(await givenUp.getAttribute('data-state')).toBe('abandoned');
    expect(await givenUp.textContent()).not.toContain('−');
    await works();
    await popup.getByTestId('trouble').locator('button').click();
    await popup.getByTestId('trouble').locator('.notice').waitFor({ state: 'detached' });
    await popup.getByTestId('work').getByText(messages.popup_workReady.message).waitFor();
    await popup.close();
    await visit(url);
    await gateOpens();
    await paidOnce();
  });
});
