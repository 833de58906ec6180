/** A real browser whose only node lies: nothing is signed beyond the offer, the popup says what is wrong, and it heals. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };
import type { FaultKey } from '../../src/fault.ts';
import { type NodeProxy, type ProxyFault, startProxy, type Twist } from '../devnet/proxy.ts';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { type Mark, openTestBed, type TestBed, XNO } from './setup.ts';

let testBed: TestBed;
let liar: NodeProxy;
let page: Page;
let mark: Mark;

beforeAll(async () => {
  testBed = await openTestBed({
    async line(devnet) {
      liar = await startProxy(devnet);
      return { rpcUrls: [liar.rpcUrl], wsUrl: liar.wsUrl };
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
  await liar?.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
  mark = await testBed.mark();
});
afterEach(async () => {
  liar.set();
  await page.close();
});

/** How long something may take that happens by itself, on a machine that has other things to do (ms). */
const PATIENCE = { timeout: 60_000 };

const visit = (url: string) => page.goto(url).catch(() => null);
const gateOpens = () => page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
const twist = (action: string, lie: Twist): ProxyFault => ({ kind: 'twist', action, twist: lie });
const shifted = (raw: unknown, by: bigint) => String(BigInt(String(raw)) + by);
const newest = () => testBed.devnet.ledger.find(testBed.sends().at(-1)?.hash ?? '');

/** The purse forgets what it has seen and is told lies from then on. */
async function lie(...faults: readonly ProxyFault[]): Promise<void> {
  await testBed.purse.killWorker();
  liar.set(...faults);
}

/** What every payment of the purse moved, on the ledger, since the mark. */
const amounts = () =>
  testBed
    .sends()
    .slice(mark.ledger)
    .map(({ amount }) => String(amount));

async function paidOnce(): Promise<void> {
  await expect.poll(async () => (await testBed.purse.payments()).at(-1)?.state, PATIENCE).toBe('settled');
  const paid = await testBed.paidSince(mark);
  expect(paid).toHaveLength(1);
  expect(amounts()).toEqual(paid.map(({ amount }) => amount));
}

test('a first payment is made at an honest node', async () => {
  await visit(testBed.at('/article', { lie: 'none' }));
  await gateOpens();
  await paidOnce();
});

test.each<[string, () => readonly ProxyFault[]]>([
  [
    'a balance far above the truth',
    () => [
      twist('account_info', (answer) => ({ ...answer, balance: shifted(answer.balance, 1_000n * XNO) })),
      twist('block_info', (answer) => ({ ...answer, balance: shifted(answer.balance, 1_000n * XNO) })),
    ],
  ],
  ['a balance far below the truth', () => [twist('account_info', (answer) => ({ ...answer, balance: '1' }))]],
  [
    'an old frontier',
    () => [twist('account_info', (answer) => ({ ...answer, frontier: newest().block.previous }))],
  ],
  [
    'another hash for the block that it accepted',
    () => [twist('process', () => ({ hash: 'AB'.repeat(32) }))],
  ],
])('%s changes nothing: the offer is paid, to the raw', async (name, faults) => {
  await lie(...faults());
  await visit(testBed.at('/article', { lie: name }));
  await gateOpens();
  await paidOnce();
  liar.set();
  const state = await testBed.purse.ask('purse.state', {});
  expect(state).toMatchObject({ balance: String(newest().block.balance) });
});

test.each<[string, FaultKey, () => readonly ProxyFault[]]>([
  [
    'that another wallet went on, from an old frontier',
    'fault_nodeBehind',
    () => {
      const { hash, block } = newest();
      return [
        twist('account_info', (answer) => ({ ...answer, frontier: block.previous })),
        twist('block_info', (answer, asked) =>
          asked.hash === hash ? { ...answer, successor: 'AB'.repeat(32) } : answer,
        ),
      ];
    },
  ],
  [
    'redirects',
    'fault_nodeUnreachable',
    () => [{ kind: 'answer', way: 'there', status: 307, headers: { Location: testBed.devnet.rpcUrl } }],
  ],
  [
    'megabytes',
    'fault_nodeNonsense',
    () => [{ kind: 'answer', way: 'there', body: JSON.stringify({ balance: '7'.repeat(5 << 20) }) }],
  ],
])('%s: nothing is signed and the popup says why, until the node is honest', async (name, key, faults) => {
  const url = testBed.at('/article', { lie: name });
  await lie(...faults());
  await visit(url);
  await page.locator('#gate').waitFor();
  const reason = async () => (await testBed.purse.ask('log.list', {})).find((line) => line.url === url)?.key;
  await expect.poll(reason, PATIENCE).toBe(key);
  expect(amounts()).toEqual([]);
  const begun = (await testBed.purse.payments()).slice(mark.journal);
  expect(begun.filter(({ blockHash }) => blockHash !== null)).toEqual([]);
  const popup = await testBed.purse.popup();
  await popup.getByTestId('trouble').getByText(messages[key].message).waitFor();
  liar.set();
  await popup.getByTestId('trouble').locator('button').click();
  await popup.getByTestId('trouble').locator('.notice').waitFor({ state: 'detached' });
  await popup.close();
  mark = await testBed.mark();
  await visit(url);
  await gateOpens();
  await paidOnce();
});

test('a confirmation of a block that is on no ledger: the proof is refused and kept, and served once the block is there', async () => {
  const url = testBed.at('/article', { lie: 'confirmed' });
  const dropped: string[] = [];
  liar.set(
    twist('process', (answer) => {
      const hash = String(answer.hash);
      // The node forgets what it has just taken.
      if (!dropped.includes(hash)) testBed.devnet.ledger.rollback(testBed.devnet.ledger.find(hash).hash);
      dropped.push(hash);
      return answer;
    }),
    twist('block_info', (_, { hash }) => {
      liar.tell({ topic: 'confirmation', message: { hash, account: testBed.purse.account, amount: '1' } });
      return { error: 'Block not found' };
    }),
  );
  await visit(url);
  await page.locator('#gate').waitFor();
  await expect.poll(async () => (await testBed.purse.payments()).at(-1)?.state, PATIENCE).toBe('refused');
  expect(amounts()).toEqual([]);
  liar.set();
  await testBed.purse.ask('purse.refresh', {});
  await expect.poll(() => amounts().length, PATIENCE).toBe(1);
  await visit(url);
  await gateOpens();
  await paidOnce();
});

test('incoming money counts with the amount in its blocks', async () => {
  const before = newest().block.balance;
  liar.set(
    twist('receivable', ({ blocks }) => ({
      blocks: Object.fromEntries(Object.keys(Object(blocks)).map((hash) => [hash, String(1_000n * XNO)])),
    })),
  );
  const sent = XNO / 1_000n;
  await testBed.devnet.faucet(testBed.purse.account, sent);
  await testBed.purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && state.balance === String(before + sent) && state.trouble === null,
  );
});

test('a node gets no cookie of its host and no referrer, and can set no cookie', async () => {
  const { context } = testBed.purse;
  const node = new URL(liar.rpcUrl);
  await context.addCookies([{ name: 'visitor', value: '7', domain: node.hostname, path: '/' }]);
  const cookies = async () => (await context.cookies(liar.rpcUrl)).map(({ name }) => name);
  await page.goto(testBed.at('/free'));
  const ask = JSON.stringify({ action: 'version' });
  // To a page of the same site the browser gives the cookie.
  await page.evaluate(
    ([url = '', body = '']) =>
      fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body }).then(() => undefined),
    [liar.rpcUrl, ask],
  );
  expect(liar.headers.at(-1)?.cookie).toBe('visitor=7');

  const before = liar.headers.length;
  liar.set({
    kind: 'answer',
    way: 'there',
    headers: { 'Set-Cookie': 'tracked=1; Path=/' },
    body: '{"error":"Account not found"}',
  });
  const isAsked = async () => {
    const asked = liar.headers.length;
    await testBed.purse.ask('purse.refresh', {});
    await expect.poll(() => liar.headers.length, PATIENCE).toBeGreaterThan(asked);
  };
  await isAsked();
  liar.set();
  await isAsked();
  const sent = liar.headers.slice(before);
  expect(sent.map(({ cookie, referer }) => [cookie, referer])).toEqual(
    sent.map(() => [undefined, undefined]),
  );
  expect(await cookies()).toEqual(['visitor']);
  await context.clearCookies();
});
