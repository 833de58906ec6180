/** Several accounts of one seed that pay side by side: real purses on a devnet that validates. */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import type { Raw } from '../nano/amount.ts';
import { type Account, accountWith, STRANGER } from './account.fixture.ts';
import { type AccountOrder, drawOrder, MOST_ACCOUNTS } from './account-order.ts';
import type { AccountWallet } from './account-wallet.ts';
import { type PocketPlan, Wallet } from './wallet.ts';

let devnet: Devnet;
let accounts: readonly Account[] = [];
let wallets: readonly AccountWallet[] = [];

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
});
afterAll(() => devnet?.close());
beforeEach(() => devnet.faults.clear());
afterEach(() => {
  for (const wallet of wallets) wallet.close();
});

/** The order of the seed itself. */
const IN_ORDER: AccountOrder = Array.from({ length: MOST_ACCOUNTS }, (_, index) => index);

const raw = (amount: number): Raw => BigInt(amount) as Raw;

/** A float over accounts with these balances; null for one that was never opened. */
async function floatOver(
  balances: readonly (number | null)[],
  plan: Partial<PocketPlan> = {},
  order = IN_ORDER,
): Promise<Wallet> {
  accounts = await Promise.all(
    balances.map((balance) => accountWith(devnet, balance === null ? null : BigInt(balance))),
  );
  wallets = accounts.map((account) => account.purse());
  const [main, ...others] = wallets;
  if (main === undefined) throw new Error('a float has an account');
  await Promise.all(wallets.map((wallet) => wallet.refresh()));
  return new Wallet([main, ...others], { accounts: balances.length, each: raw(100), ...plan }, order);
}
const numberOf = (address: string) => accounts.findIndex((account) => account.address === address);
const balances = () => wallets.map(({ balance }) => Number(balance));
const warm = () =>
  expect.poll(() => Promise.all(wallets.map((wallet) => wallet.readiness()))).not.toContain('working');
/** Settles until nothing moves any more, and gives how many moves it took. */
async function settleAll(wallet: Wallet): Promise<number> {
  for (let moves = 0; ; moves++) {
    const before = balances();
    await warm();
    await wallet.settle();
    // What was sent is received once it is confirmed.
    await expect
      .poll(async () => {
        await wallet.refresh();
        return wallet.balance === null || balances().reduce((sum, one) => sum + one, 0);
      })
      .toBe(before.reduce((sum, one) => sum + one, 0));
    if (String(balances()) === String(before)) return moves;
  }
}

describe('whose turn it is to pay', () => {
  test('each payment at once gets an account of its own, the first account the last', async () => {
    const wallet = await floatOver([1_000, 100, 100, 100]);
    await warm();
    const turns = await Promise.all(Array.from({ length: 4 }, () => wallet.lease(raw(10))));
    expect(turns.map(({ account }) => numberOf(account))).toEqual([1, 2, 3, 0]);
    turns[1]?.done();
    turns[1]?.done();
    expect(numberOf((await wallet.lease(raw(10))).account)).toBe(2);
  });

  test('of several that are as good, it is that of the first in this browser’s own order', async () => {
    const wallet = await floatOver([1_000, 100, 100, 100], {}, [0, 3, 7, 1, 2, 6, 5, 4]);
    await warm();
    const turns = await Promise.all(Array.from({ length: 4 }, () => wallet.lease(raw(10))));
    expect(turns.map(({ account }) => numberOf(account))).toEqual([3, 1, 2, 0]);
  });

  test('the order is of all accounts, and drawn anew each time', () => {
    const drawn = Array.from({ length: 400 }, drawOrder);
    for (const order of drawn) expect(order.toSorted((one, other) => one - other)).toEqual(IN_ORDER);
    // Each account comes first about once in eight: far from the bounds, by more than eight standard deviations.
    const firsts = IN_ORDER.map((index) => drawn.filter(([first]) => first === index).length);
    for (const count of firsts) expect([count > 0, count < 105]).toEqual([true, true]);
  });

  test('is that of an account whose work is ready', async () => {
    const wallet = await floatOver([1_000, 100, 100]);
    const [, first, second] = wallets;
    if (first === undefined || second === undefined) throw new Error('three were made');
    await warm();
    vi.spyOn(first, 'readiness').mockResolvedValue('working');
    expect(numberOf((await wallet.lease(raw(10))).account)).toBe(2);
    vi.spyOn(second, 'readiness').mockResolvedValue('working');
    expect(await wallet.readiness()).toBe('ready');
  });

  test('is that of one that has enough, counting what it pays at the moment', async () => {
    const wallet = await floatOver([1_000, 100, 30]);
    await warm();
    expect(numberOf((await wallet.lease(raw(80))).account)).toBe(1);
    expect(numberOf((await wallet.lease(raw(25))).account)).toBe(2);
    expect(numberOf((await wallet.lease(raw(25))).account)).toBe(0);
  });

  test('is the first account’s where nobody has enough, even together', async () => {
    const wallet = await floatOver([20, 10, 10]);
    expect(numberOf((await wallet.lease(raw(41))).account)).toBe(0);
    expect(wallet.missing(raw(41))).toBe(1n);
    expect(balances()).toEqual([20, 10, 10]);
  });

  test('is the first account’s with all the money, where only all together have enough', async () => {
    const wallet = await floatOver([20, 10, 10]);
    expect(numberOf((await wallet.lease(raw(40))).account)).toBe(0);
    expect(balances()).toEqual([40, 0, 0]);
  });

  test('goes past an account that waits for a signed block to be cashed', async () => {
    const wallet = await floatOver([1_000, 100]);
    const [main, other] = wallets;
    if (main === undefined || other === undefined) throw new Error('two were made');
    vi.spyOn(other.chain, 'handedOver').mockResolvedValue('https://a.example' as never);
    expect(numberOf((await wallet.lease(raw(10))).account)).toBe(0);
    expect(await wallet.handedOver()).toBeNull();
    vi.spyOn(main.chain, 'handedOver').mockResolvedValue('https://b.example' as never);
    expect(await wallet.handedOver()).toBe('https://b.example');
  });
});

describe('when there is time', () => {
  test('every account is given its share, and that is all', async () => {
    const wallet = await floatOver([1_000, null, null]);
    expect(await settleAll(wallet)).toBe(2);
    expect(balances()).toEqual([800, 100, 100]);
    expect(wallet.balance).toBe(1_000n);
  });

  test('one that is more than half full is left alone; one that is not, is filled', async () => {
    const wallet = await floatOver([1_000, 50, 49]);
    await settleAll(wallet);
    expect(balances()).toEqual([949, 50, 100]);
  });

  test('what is too much comes back, and all of it from accounts that are not wanted any more', async () => {
    const wallet = await floatOver([null, 201, 200, 7], { accounts: 3 });
    await settleAll(wallet);
    expect(balances()).toEqual([108, 100, 200, 0]);
  });

  test('nothing is moved while a payment is under way, or before the work for it is there', async () => {
    const wallet = await floatOver([1_000, null]);
    await warm();
    const lease = await wallet.lease(raw(1));
    await wallet.settle();
    expect(accounts[0]?.sends()).toEqual([]);
    lease.done();
    const [main] = wallets;
    const spy = vi.spyOn(main as AccountWallet, 'readiness').mockResolvedValue('working');
    await wallet.settle();
    expect(accounts[0]?.sends()).toEqual([]);
    spy.mockRestore();
    await Promise.all([wallet.settle(), wallet.settle()]);
    expect(accounts[0]?.sends()).toHaveLength(1);
  });

  test('what the first account has not is not promised', async () => {
    const wallet = await floatOver([99, null]);
    expect(await settleAll(wallet)).toBe(0);
  });
});

test('the user sends what they see, wherever it lies', async () => {
  const wallet = await floatOver([20, 10, 10]);
  await wallet.send(STRANGER, raw(15));
  expect(balances()).toEqual([5, 10, 10]);
  await wallet.send(STRANGER, raw(24));
  expect(balances()).toEqual([1, 0, 0]);
  await wallet.send(STRANGER, 'everything');
  expect(wallet.balance).toBe(0n);
  expect(accounts[0]?.sends().map(({ amount }) => amount)).toEqual([15n, 24n, 1n]);
});

test('every account votes as the user says', async () => {
  const wallet = await floatOver([20, 10]);
  await wallet.changeRepresentative(STRANGER);
  for (const { chain } of wallets) expect(chain.head).toMatchObject({ representative: STRANGER });
});

test('whatever is done in whatever order, no raw is lost on the way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(300), { minLength: 2, maxLength: 4 }),
      fc.record({ accounts: fc.integer({ min: 1, max: 4 }), each: fc.integer({ min: 1, max: 150 }) }),
      async (start, plan) => {
        const opened = start.map((balance) => balance || null);
        const wallet = await floatOver(opened, { accounts: plan.accounts, each: raw(plan.each) });
        const total = start.reduce((sum, one) => sum + one, 0);
        await settleAll(wallet);
        expect(balances().reduce((sum, one) => sum + one, 0)).toBe(total);
        for (const balance of balances().slice(Math.max(1, plan.accounts))) expect(balance).toBe(0);
        for (const wallet of wallets) wallet.close();
      },
    ),
    { numRuns: 8 },
  );
}, 120_000);
