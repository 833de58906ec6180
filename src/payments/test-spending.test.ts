/** What tests of servers may spend, with real blocks on a devnet that validates. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { parseRaw, type Raw } from '../nano/amount.ts';
import { hashBlock, toRpc } from '../nano/block.ts';
import { type Account, accountWith, locks, STRANGER } from '../wallet/account.fixture.ts';
import { AccountLeases } from '../wallet/account-leases.ts';
import type { AccountWallet } from '../wallet/account-wallet.ts';
import { Wallet } from '../wallet/wallet.ts';
import { OfferClock } from './offer-clock.ts';
import { PaymentRunner } from './payment-runner.ts';
import { Recall } from './recall.ts';
import { debitedOf } from './records.fixture.ts';
import { type TestRun, TestSpending } from './test-spending.ts';

const URL_OF_MINE = 'https://mine.example/paid';
const raw = (amount: number): Raw => BigInt(amount) as Raw;

let devnet: Devnet;
let account: Account;
let wallet: AccountWallet;
/** The runs, which outlive the worker. */
let kept: Map<string, TestRun>;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
});
afterAll(() => devnet?.close());
beforeEach(async () => {
  account = await accountWith(devnet, 1_000n);
  kept = new Map();
  wallet = account.wallet();
  await wallet.refresh();
});
afterEach(() => wallet.close());

/** The spending of one worker. */
function testerOf(on: AccountWallet = wallet): TestSpending {
  const { journal, chains } = account;
  const exclusively = locks();
  const recall = new Recall({ journal, chains, wallet: async () => on, now: Date.now });
  const runner = new PaymentRunner({
    journal,
    wallet: async () => on,
    recall: (id) => recall.recall(id),
    recallIfVoid: (id) => recall.recallIfVoid(id),
    deliver: () => Promise.reject(new Error('a test delivers by itself')),
    exclusively,
    postFallback: () => Promise.reject(new Error('no proof is posted in this test')),
    delivered: () => undefined,
    again: () => undefined,
    now: Date.now,
    offerClock: new OfferClock(Date.now, () => performance.now()),
  });
  const wallet = new Wallet([on], {
    plan: { accounts: 1, each: raw(100) },
    order: [],
    leases: new AccountLeases(),
    refills: { take: async () => null },
  });
  return new TestSpending({
    journal,
    runner,
    recall,
    wallet: async () => wallet,
    runs: {
      read: async (run) => kept.get(run) ?? null,
      write: async (run, value) => void kept.set(run, value),
    },
    isOwn: async (site) => site === 'https://mine.example',
    exclusively,
    now: Date.now,
  });
}

const paid = () => account.sends().map(({ amount }) => amount);
const states = async () =>
  (await account.database.getAll('payments')).map(({ payment }) => payment.progress.state);

test('only a server that the user called their own is probed; any may be paid by hand', async () => {
  const testSpending = testerOf();
  const theirs = 'https://theirs.example/paid';
  await expect(testSpending.begin(theirs, raw(5), true)).rejects.toThrow('fault_notOwnServer');
  await expect(testSpending.begin('file:///etc/passwd', raw(5), false)).rejects.toThrow('fault_badSite');
  expect(await testSpending.begin(theirs, raw(5), false)).toMatchObject({
    account: account.address,
    left: '5',
  });
  expect(await testSpending.begin(URL_OF_MINE, raw(5), true)).toMatchObject({ left: '5' });
});

test('parallel payments never spend more than was agreed to, nor does a restarted worker', async () => {
  const { run } = await testerOf().begin(URL_OF_MINE, raw(5), true);
  const testSpending = testerOf();
  const order = { to: STRANGER, amount: raw(2) };
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => testSpending.pay(run, order)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(paid()).toEqual([2n, 2n]);
  const next = testerOf();
  await expect(next.pay(run, order)).rejects.toThrow('fault_testLimit');
  await expect(next.handOver(run, { ...order, kept: false })).rejects.toThrow('fault_testLimit');
  await next.pay(run, { to: STRANGER, amount: raw(1) });
  expect(parseRaw(kept.get(run)?.left ?? '')).toBe(0n);
});

test('an unknown run spends nothing', async () => {
  const testSpending = testerOf();
  await expect(testSpending.pay('no run', { to: STRANGER, amount: raw(1) })).rejects.toThrow(
    'fault_testOver',
  );
  await expect(testSpending.sign('no run', { kind: 'noms', text: 'anything' })).rejects.toThrow(
    'fault_testOver',
  );
  expect(paid()).toEqual([]);
});

test('a run that was begun on one network spends nothing on another', async () => {
  const { run } = await testerOf().begin(URL_OF_MINE, raw(5), true);
  const elsewhere = account.wallet({ network: { ...account.network, id: 'nano:elsewhere' } });
  const testSpending = testerOf(elsewhere);
  const order = { to: STRANGER, amount: raw(1) };
  await expect(testSpending.pay(run, order)).rejects.toThrow('fault_testOver');
  await expect(testSpending.handOver(run, { ...order, kept: false })).rejects.toThrow('fault_testOver');
  await expect(testSpending.sign(run, { kind: 'noms', text: 'anything' })).rejects.toThrow('fault_testOver');
  elsewhere.close();
  expect(paid()).toEqual([]);
  expect(kept.get(run)?.left).toBe('5');
});

test('a payment to an own account costs nothing of the sum', async () => {
  const testSpending = testerOf();
  const { run } = await testSpending.begin(URL_OF_MINE, raw(1), true);
  await testSpending.pay(run, { to: account.address, amount: raw(50) });
  expect(kept.get(run)?.left).toBe('1');
});

test('a signed block is debited, and taken back: the money is given back and the chain goes on', async () => {
  const testSpending = testerOf();
  const { run } = await testSpending.begin(URL_OF_MINE, raw(7), true);
  const { id } = await testSpending.handOver(run, { to: STRANGER, amount: raw(7), kept: false });
  expect(await debitedOf(account)).toBe(7n);
  await expect(testSpending.pay(run, { to: STRANGER, amount: raw(1) })).rejects.toThrow();
  expect(await testSpending.recall(run, id)).toBe('recalled');
  expect(await testSpending.recall(run, id)).toBe('recalled');
  expect(await states()).toEqual(['revoked']);
  expect(await debitedOf(account)).toBe(0n);
  expect(paid()).toEqual([]);
  await wallet.send(STRANGER, raw(3));
  expect(paid()).toEqual([3n]);
});

test('a signed block is recorded as that of a test, and no request finds it', async () => {
  const testSpending = testerOf();
  const { run } = await testSpending.begin(URL_OF_MINE, raw(7), true);
  await testSpending.handOver(run, { to: STRANGER, amount: raw(7), kept: false });
  const [row] = await account.database.getAll('payments');
  expect(row).toMatchObject({ payment: { intent: { challenge: { kind: 'test', url: URL_OF_MINE } } } });
  expect(Object.keys(row ?? {}).sort()).toEqual(['id', 'once', 'payee', 'payment', 'place']);
});

test('a signed block that the server published stays spent, and is recorded as settled', async () => {
  const testSpending = testerOf();
  const { run } = await testSpending.begin(URL_OF_MINE, raw(7), true);
  const { id, block } = await testSpending.handOver(run, { to: STRANGER, amount: raw(7), kept: false });
  await account.publish({ hash: hashBlock(block), json: toRpc(block) });
  expect(await testSpending.recall(run, id)).toBe('published');
  expect(await states()).toEqual(['settled']);
  expect(paid()).toEqual([7n]);
  expect(await debitedOf(account)).toBe(7n);
});
