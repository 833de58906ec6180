import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import type { Raw } from '../nano/amount.ts';
import { type Account, accountWith, STRANGER } from './account.fixture.ts';
import { AccountLeases } from './account-leases.ts';
import type { AccountWallet } from './account-wallet.ts';
import { LockedPocket } from './locked-pocket.ts';
import { Pocket } from './pocket.ts';

let devnet: Devnet;
let accounts: readonly Account[] = [];
let wallets: readonly AccountWallet[] = [];

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
});
afterAll(() => devnet?.close());
afterEach(() => {
  for (const wallet of wallets) wallet.close();
});

const byBudget = (amount: number) =>
  ({ amount: BigInt(amount) as Raw, approval: 'budget', isHandOver: false }) as const;

/** A locked pocket of accounts with these balances (raw), the first of which is account 1 of the seed. */
async function pocketOf(...balances: readonly number[]): Promise<LockedPocket> {
  accounts = await Promise.all(balances.map((balance) => accountWith(devnet, BigInt(balance))));
  wallets = accounts.map((account) => account.wallet());
  await Promise.all(wallets.map((wallet) => wallet.refresh()));
  await expect.poll(() => Promise.all(wallets.map((wallet) => wallet.readiness()))).not.toContain('working');
  const order = [0, 1, 2, 3, 4, 5, 6, 7];
  const own = [STRANGER, ...accounts.map(({ address }) => address)];
  return new LockedPocket(own, new Pocket({ accounts: wallets, leases: new AccountLeases(), order }));
}

const numberOf = (address: string | undefined) =>
  accounts.findIndex((account) => account.address === address) + 1;

describe('a locked pocket', () => {
  test('pays from an account that has enough, each of two payments from its own', async () => {
    const pocket = await pocketOf(50, 100, 100);
    const first = await pocket.lease(byBudget(80));
    const second = await pocket.lease(byBudget(80));
    expect([numberOf(first?.account), numberOf(second?.account)]).toEqual([2, 3]);
  });

  test('moves no money together for a question: a locked purse answers none', async () => {
    const pocket = await pocketOf(50, 60);
    expect(await pocket.gatherFor()).toBeNull();
    expect(wallets.map(({ balance }) => balance)).toEqual([50n, 60n]);
  });

  test('knows savings as an own account, and has no wallet of it', async () => {
    const pocket = await pocketOf(1);
    expect(pocket.accounts).toEqual([STRANGER, accounts[0]?.address]);
    expect(pocket.of(STRANGER)).toBeUndefined();
    expect(pocket.of(accounts[0]?.address ?? STRANGER)).toBe(wallets[0]);
  });
});
