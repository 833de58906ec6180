/** Several accounts of one seed, on a devnet that validates blocks. */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { Fault } from '../fault.ts';
import type { Raw } from '../nano/amount.ts';
import { MOST_ACCOUNTS } from '../nano/seed.ts';
import { type Account, accountWith, STRANGER } from './account.fixture.ts';
import { type AccountLease, AccountLeases } from './account-leases.ts';
import type { AccountOrder } from './account-order.ts';
import type { AccountWallet } from './account-wallet.ts';
import type { PocketPlan } from './pocket-plan.ts';
import { Wallet, type WalletPorts } from './wallet.ts';

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

/** What the pocket may get: everything, unless a test says otherwise. */
const unlimited: WalletPorts['refills'] = { take: async () => async () => undefined };
let refills = unlimited;
beforeEach(() => {
  refills = unlimited;
});

const raw = (amount: number): Raw => BigInt(amount) as Raw;

/** A wallet over accounts with these balances (raw); null for an account without blocks. */
async function walletOver(
  balances: readonly (number | null)[],
  plan: Partial<PocketPlan> = {},
  order = IN_ORDER,
): Promise<Wallet> {
  accounts = await Promise.all(
    balances.map((balance) => accountWith(devnet, balance === null ? null : BigInt(balance))),
  );
  wallets = accounts.map((account) => account.wallet());
  const [main, ...others] = wallets;
  if (main === undefined) throw new Error('a wallet has an account');
  await Promise.all(wallets.map((wallet) => wallet.refresh()));
  return new Wallet([main, ...others], {
    plan: { accounts: balances.length, each: raw(100), ...plan },
    order,
    leases: new AccountLeases(),
    refills,
  });
}
/** The lease of an account for a payment of so many raw that the user approved. */
async function leased(wallet: Wallet, amount: number): Promise<AccountLease> {
  const lease = await wallet.lease({ amount: raw(amount), approval: 'once', isHandOver: false });
  if (lease === null) throw new Error('no account was leased');
  return lease;
}
const numberOf = (address: string) => accounts.findIndex((account) => account.address === address);
const balances = () => wallets.map(({ balance }) => Number(balance));
/** Resolves once no account's work is being searched for. */
const workFound = () =>
  expect.poll(() => Promise.all(wallets.map((wallet) => wallet.readiness()))).not.toContain('working');
/** Settles until nothing moves any more. Resolves with the number of moves. */
async function settleAll(wallet: Wallet): Promise<number> {
  for (let moves = 0; ; moves++) {
    const before = balances();
    await workFound();
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

describe('Wallet, choosing the account to pay from,', () => {
  test('gives each of several payments at once its own account, the first account last', async () => {
    const wallet = await walletOver([1_000, 100, 100, 100]);
    await workFound();
    const leases = await Promise.all(Array.from({ length: 4 }, () => leased(wallet, 10)));
    expect(leases.map(({ account }) => numberOf(account))).toEqual([1, 2, 3, 0]);
    leases[1]?.done();
    leases[1]?.done();
    expect(numberOf((await leased(wallet, 10)).account)).toBe(2);
  });

  test('takes the first in this browser’s own order among accounts that are as good', async () => {
    const wallet = await walletOver([1_000, 100, 100, 100], {}, [0, 3, 7, 1, 2, 6, 5, 4]);
    await workFound();
    const leases = await Promise.all(Array.from({ length: 4 }, () => leased(wallet, 10)));
    expect(leases.map(({ account }) => numberOf(account))).toEqual([3, 1, 2, 0]);
  });

  test('prefers an account whose work is ready', async () => {
    const wallet = await walletOver([1_000, 100, 100]);
    const [, first, second] = wallets;
    if (first === undefined || second === undefined) throw new Error('three were made');
    await workFound();
    vi.spyOn(first, 'readiness').mockResolvedValue('working');
    expect(numberOf((await leased(wallet, 10)).account)).toBe(2);
    vi.spyOn(second, 'readiness').mockResolvedValue('working');
    expect(await wallet.readiness()).toBe('ready');
  });

  test('is not ready to pay while its node is unreachable, whatever work it has', async () => {
    const wallet = await walletOver([1_000, 100]);
    await workFound();
    expect(await wallet.readiness()).toBe('ready');
    devnet.faults.set({ kind: 'http_status', status: 503 });
    await wallet.accounts
      .map((account) => wallet.of(account))
      .at(-1)
      ?.refresh();
    expect(await wallet.readiness()).toBe('none');
  });

  test('takes an account that has enough beside its present payments', async () => {
    const wallet = await walletOver([1_000, 100, 30]);
    await workFound();
    expect(numberOf((await leased(wallet, 80)).account)).toBe(1);
    expect(numberOf((await leased(wallet, 25)).account)).toBe(2);
    expect(numberOf((await leased(wallet, 25)).account)).toBe(0);
  });

  test('takes the first account when all together have too little', async () => {
    const wallet = await walletOver([20, 10, 10]);
    expect(numberOf((await leased(wallet, 41)).account)).toBe(0);
    expect(wallet.missing(raw(41))).toBe(1n);
    expect(balances()).toEqual([20, 10, 10]);
  });

  test('moves all money to the first account when only all together have enough', async () => {
    const wallet = await walletOver([20, 10, 10]);
    expect(numberOf((await leased(wallet, 40)).account)).toBe(0);
    expect(balances()).toEqual([40, 0, 0]);
  });

  test('pays what a budget allows from the pocket alone, and nothing where no account of it has enough', async () => {
    const wallet = await walletOver([1_000, 50, 100, 300], { accounts: 3 });
    await workFound();
    const byBudget = async (amount: number) => {
      const lease = await wallet.lease({ amount: raw(amount), approval: 'budget', isHandOver: false });
      return lease && numberOf(lease.account);
    };
    expect(await byBudget(80)).toBe(2);
    expect(await byBudget(40)).toBe(1);
    expect(await byBudget(101)).toBeNull();
    expect(balances()).toEqual([1_000, 50, 100, 300]);
  });

  test('has what a budget allows wait for the move that fills its account', async () => {
    const wallet = await walletOver([1_000, 100, 40]);
    await workFound();
    devnet.elections.delayMs = 500;
    const move = wallet.settle();
    // From before the send until it is received, the move holds the account.
    await expect.poll(() => accounts[0]?.sends().length).toBe(1);
    devnet.elections.delayMs = 5;
    const order = { amount: raw(90), approval: 'budget', isHandOver: true } as const;
    const lease = await wallet.lease(order);
    expect(numberOf(lease?.account ?? '')).toBe(2);
    expect(await move).toBe('moved');
    expect(await wallet.lease({ ...order, amount: raw(101) })).toBeNull();
  });

  test('has too little for a budget where the move that fills the pocket fails', async () => {
    const wallet = await walletOver([1_000, 45, 40]);
    await workFound();
    const [main] = wallets;
    if (main === undefined) throw new Error('three were made');
    let fail = () => {};
    vi.spyOn(main, 'send').mockReturnValue(
      new Promise((_, reject) => (fail = () => reject(new Fault('fault_nodeUnreachable')))),
    );
    const move = wallet.settle();
    await expect.poll(() => vi.mocked(main.send).mock.calls.length).toBe(1);
    const leasing = wallet.lease({ amount: raw(90), approval: 'budget', isHandOver: true });
    fail();
    await expect(move).rejects.toThrow('fault_nodeUnreachable');
    expect(await leasing).toBeNull();
  });

  test('pays what a budget allows from the first account where there is no pocket', async () => {
    const wallet = await walletOver([1_000], { accounts: 1 });
    const lease = await wallet.lease({ amount: raw(10), approval: 'budget', isHandOver: false });
    expect(numberOf(lease?.account ?? '')).toBe(0);
  });

  test('skips an account whose block is handed over', async () => {
    const wallet = await walletOver([1_000, 100]);
    const [main, other] = wallets;
    if (main === undefined || other === undefined) throw new Error('two were made');
    vi.spyOn(other.chain, 'handedOver').mockResolvedValue('https://a.example' as never);
    expect(numberOf((await leased(wallet, 10)).account)).toBe(0);
    expect(await wallet.handedOver()).toBeNull();
    vi.spyOn(main.chain, 'handedOver').mockResolvedValue('https://b.example' as never);
    expect(await wallet.handedOver()).toBe('https://b.example');
  });
});

describe('Wallet, settling,', () => {
  test('gives every account its share, and moves nothing more', async () => {
    const wallet = await walletOver([1_000, null, null]);
    expect(await settleAll(wallet)).toBe(2);
    expect(balances()).toEqual([800, 100, 100]);
    expect(wallet.balance).toBe(1_000n);
  });

  test('fills an account that holds less than half its share, and no other', async () => {
    const wallet = await walletOver([1_000, 50, 49]);
    await settleAll(wallet);
    expect(balances()).toEqual([949, 50, 100]);
  });

  test('takes back what is more than an eighth above a share, and everything from accounts beyond the plan', async () => {
    const wallet = await walletOver([null, 113, 112, 7], { accounts: 3 });
    await settleAll(wallet);
    expect(balances()).toEqual([20, 100, 112, 0]);
  });

  test('fills every share where the user wants it full, without counting that', async () => {
    refills = { take: async () => null };
    const wallet = await walletOver([1_000, 99, 100]);
    await workFound();
    expect(await wallet.settle(true)).toBe('moved');
    await expect.poll(() => wallet.refresh().then(balances)).toEqual([999, 100, 100]);
    expect(await wallet.settle(true)).toBe('settled');
  });

  test('fills no more than the limit allows, and says that nothing is left to do', async () => {
    const asked: [Raw, Raw][] = [];
    refills = { take: async (...one) => (asked.push(one) > 1 ? null : async () => undefined) };
    const wallet = await walletOver([1_000, null, null]);
    expect(await settleAll(wallet)).toBe(1);
    expect(await wallet.settle()).toBe('settled');
    expect(balances()).toEqual([900, 100, 0]);
    expect(asked.slice(0, 2)).toEqual([
      [100n, 200n],
      [100n, 200n],
    ]);
  });

  test('does not count a refill of which nothing was signed, and counts one that gets to the ledger later', async () => {
    const undo = vi.fn(async () => undefined);
    refills = { take: async () => undo };
    const wallet = await walletOver([1_000, null]);
    await workFound();
    const send = vi.spyOn(wallets[0] as AccountWallet, 'send');
    send.mockRejectedValueOnce(new Fault('fault_nodeUnreachable'));
    await expect(wallet.settle()).rejects.toThrow('fault_nodeUnreachable');
    expect(undo).toHaveBeenCalledTimes(1);
    send.mockRejectedValueOnce(new Fault('fault_blockWaits'));
    await expect(wallet.settle()).rejects.toThrow('fault_blockWaits');
    expect(undo).toHaveBeenCalledTimes(1);
  });

  test('moves nothing while a payment is made, or before the work for the move is ready', async () => {
    const wallet = await walletOver([1_000, null]);
    await workFound();
    const lease = await leased(wallet, 1);
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

  test('moves nothing when the first account has too little', async () => {
    const wallet = await walletOver([99, null]);
    expect(await settleAll(wallet)).toBe(0);
  });
});

test('Wallet sends the whole balance, in whichever accounts it is', async () => {
  const wallet = await walletOver([20, 10, 10]);
  await wallet.send(STRANGER, raw(15));
  expect(balances()).toEqual([5, 10, 10]);
  await wallet.send(STRANGER, raw(24));
  expect(balances()).toEqual([1, 0, 0]);
  await wallet.send(STRANGER, 'everything');
  expect(wallet.balance).toBe(0n);
  expect(accounts[0]?.sends().map(({ amount }) => amount)).toEqual([15n, 24n, 1n]);
});

test('Wallet changes the representative of every account, and tells that of the first one', async () => {
  const wallet = await walletOver([20, 10]);
  await wallet.changeRepresentative(STRANGER);
  for (const { chain } of wallets) expect(chain.head).toMatchObject({ representative: STRANGER });
  expect(wallet.representative).toBe(STRANGER);
});

test('Wallet tells the representative of its network while the first account has no block', async () => {
  const wallet = await walletOver([null, 10]);
  expect(wallet.representative).toBe(wallet.network.representative);
});

test('Wallet loses no raw when it settles, for any balances and plan', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(300), { minLength: 2, maxLength: 4 }),
      fc.record({ accounts: fc.integer({ min: 1, max: 4 }), each: fc.integer({ min: 1, max: 150 }) }),
      async (start, plan) => {
        const opened = start.map((balance) => balance || null);
        const wallet = await walletOver(opened, { accounts: plan.accounts, each: raw(plan.each) });
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
