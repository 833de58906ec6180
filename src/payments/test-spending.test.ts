/** What tests of servers may spend: real blocks of a real purse on a devnet that validates. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { parseRaw, type Raw } from '../nano/amount.ts';
import { hashBlock, toRpc } from '../nano/block.ts';
import { type Account, accountWith, locks, STRANGER } from '../wallet/account.fixture.ts';
import type { Purse } from '../wallet/account-wallet.ts';
import { Float } from '../wallet/wallet.ts';
import { Payer } from './payment-runner.ts';
import { Revoker } from './recall.ts';
import { debitedOf } from './records.fixture.ts';
import { Tester, type TestRun } from './test-spending.ts';

const URL_OF_MINE = 'https://mine.example/paid';
const raw = (amount: number): Raw => BigInt(amount) as Raw;

let devnet: Devnet;
let account: Account;
let purse: Purse;
/** What outlives the worker. */
let kept: Map<string, TestRun>;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
});
afterAll(() => devnet?.close());
beforeEach(async () => {
  account = await accountWith(devnet, 1_000n);
  kept = new Map();
  purse = account.purse();
  await purse.refresh();
});
afterEach(() => purse.close());

/** One life of the worker. */
function testerOf(on: Purse = purse): Tester {
  const { journal, chains } = account;
  const exclusively = locks();
  const revoker = new Revoker({ journal, chains, purse: async () => purse, now: Date.now });
  const payer = new Payer({
    journal,
    purse: async () => purse,
    revoke: (id) => revoker.revoke(id),
    deliver: () => Promise.reject(new Error('a test delivers by itself')),
    exclusively,
    postFallback: () => Promise.reject(new Error('nobody posts here')),
    again: async () => undefined,
    now: Date.now,
  });
  const float = new Float([on], { accounts: 1, each: raw(100) }, []);
  return new Tester({
    journal,
    payer,
    revoker,
    purse: async () => float,
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

test('a server is probed when the user called it their own; any may be paid by hand', async () => {
  const tester = testerOf();
  const theirs = 'https://theirs.example/paid';
  await expect(tester.begin(theirs, raw(5), true)).rejects.toThrow('fault_notOwnServer');
  await expect(tester.begin('file:///etc/passwd', raw(5), false)).rejects.toThrow('fault_badSite');
  expect(await tester.begin(theirs, raw(5), false)).toMatchObject({ account: account.address, left: '5' });
  expect(await tester.begin(URL_OF_MINE, raw(5), true)).toMatchObject({ left: '5' });
});

test('what comes at once never spends more than was agreed to, nor does it after a death of the worker', async () => {
  const { run } = await testerOf().begin(URL_OF_MINE, raw(5), true);
  const tester = testerOf();
  const order = { to: STRANGER, amount: raw(2) };
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => tester.pay(run, order)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(paid()).toEqual([2n, 2n]);
  const next = testerOf();
  await expect(next.pay(run, order)).rejects.toThrow('fault_testLimit');
  await expect(next.cheque(run, { ...order, kept: false })).rejects.toThrow('fault_testLimit');
  await next.pay(run, { to: STRANGER, amount: raw(1) });
  expect(parseRaw(kept.get(run)?.left ?? '')).toBe(0n);
});

test('a run that nobody began spends nothing', async () => {
  const tester = testerOf();
  await expect(tester.pay('no run', { to: STRANGER, amount: raw(1) })).rejects.toThrow('fault_testOver');
  await expect(tester.sign('no run', { kind: 'noms', text: 'anything' })).rejects.toThrow('fault_testOver');
  expect(paid()).toEqual([]);
});

test('a run that was begun on one network spends nothing on another', async () => {
  const { run } = await testerOf().begin(URL_OF_MINE, raw(5), true);
  const elsewhere = account.purse({ network: { ...account.network, id: 'nano:elsewhere' } });
  const tester = testerOf(elsewhere);
  const order = { to: STRANGER, amount: raw(1) };
  await expect(tester.pay(run, order)).rejects.toThrow('fault_testOver');
  await expect(tester.cheque(run, { ...order, kept: false })).rejects.toThrow('fault_testOver');
  await expect(tester.sign(run, { kind: 'noms', text: 'anything' })).rejects.toThrow('fault_testOver');
  elsewhere.close();
  expect(paid()).toEqual([]);
  expect(kept.get(run)?.left).toBe('5');
});

test('what goes to an account of the purse costs nothing of the sum', async () => {
  const tester = testerOf();
  const { run } = await tester.begin(URL_OF_MINE, raw(1), true);
  await tester.pay(run, { to: account.address, amount: raw(50) });
  expect(kept.get(run)?.left).toBe('1');
});

test('a signed block is debited, and taken back: the money is free again and the chain goes on', async () => {
  const tester = testerOf();
  const { run } = await tester.begin(URL_OF_MINE, raw(7), true);
  const { id } = await tester.cheque(run, { to: STRANGER, amount: raw(7), kept: false });
  expect(await debitedOf(account)).toBe(7n);
  await expect(tester.pay(run, { to: STRANGER, amount: raw(1) })).rejects.toThrow();
  expect(await tester.takeBack(run, id)).toBe('takenBack');
  expect(await tester.takeBack(run, id)).toBe('takenBack');
  expect(await states()).toEqual(['revoked']);
  expect(await debitedOf(account)).toBe(0n);
  expect(paid()).toEqual([]);
  await purse.send(STRANGER, raw(3));
  expect(paid()).toEqual([3n]);
});

test('a signed block that the server published stays spent, and is written down as such', async () => {
  const tester = testerOf();
  const { run } = await tester.begin(URL_OF_MINE, raw(7), true);
  const { id, block } = await tester.cheque(run, { to: STRANGER, amount: raw(7), kept: false });
  await account.publish({ hash: hashBlock(block), json: toRpc(block) });
  expect(await tester.takeBack(run, id)).toBe('cashed');
  expect(await states()).toEqual(['settled']);
  expect(paid()).toEqual([7n]);
  expect(await debitedOf(account)).toBe(7n);
});
