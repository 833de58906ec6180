/** The accounts that pay: the pocket's, and savings where the user approved, on a devnet that validates blocks. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { formatXno, type Raw } from '../nano/amount.ts';
import type { PaymentId } from '../payment-id.ts';
import { type Account, accountWith, STRANGER } from './account.fixture.ts';
import { type AccountLease, AccountLeases } from './account-leases.ts';
import type { AccountWallet } from './account-wallet.ts';
import { Pocket } from './pocket.ts';
import { Wallet } from './wallet.ts';

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

const ORDER = [0, 1, 2, 3, 4, 5, 6, 7];
const raw = (amount: number): Raw => BigInt(amount) as Raw;

async function openUnknown(balances: readonly (number | null)[]): Promise<void> {
  accounts = await Promise.all(
    balances.map((balance) => accountWith(devnet, balance === null ? null : BigInt(balance))),
  );
  const own = accounts.map(({ address }) => address);
  wallets = accounts.map((account) => account.wallet({ isOwn: (one) => own.includes(one) }));
}

async function open(balances: readonly (number | null)[]): Promise<void> {
  await openUnknown(balances);
  await Promise.all(wallets.map((wallet) => wallet.refresh()));
}

/** A pocket whose accounts hold this much (raw); its first is account 1. */
async function pocketWith(...balances: readonly number[]): Promise<Pocket> {
  await open(balances);
  return new Pocket({ accounts: wallets, leases: new AccountLeases(), order: ORDER });
}

/** A wallet whose accounts hold this much (raw), savings first. */
async function walletWith(savings: number, ...pocket: readonly (number | null)[]): Promise<Wallet> {
  await open([savings, ...pocket]);
  return walletOver();
}

/** The same right after the start of the worker, before a look at the ledger. */
async function startedWalletWith(savings: number, ...pocket: readonly (number | null)[]): Promise<Wallet> {
  await openUnknown([savings, ...pocket]);
  return walletOver();
}

function walletOver(): Wallet {
  const [main, ...others] = wallets;
  if (main === undefined) throw new Error('a wallet has an account');
  return new Wallet([main, ...others], {
    plan: { accounts: wallets.length, each: raw(100) },
    order: ORDER,
    leases: new AccountLeases(),
    refills: { take: async () => async () => undefined },
  });
}

/** The place of a leased account in the list of balances. */
const placeOf = (lease: AccountLease | null) =>
  lease && accounts.findIndex(({ address }) => address === lease.account);
const balances = () => wallets.map(({ balance }) => Number(balance));
const pays = (amount: number) => ({ amount: raw(amount), isHandOver: false });
const handsOver = (amount: number) => ({ amount: raw(amount), isHandOver: true });

/** Hands over a block of an account, which its payee does not publish. */
async function handOver(wallet: AccountWallet | undefined, amount: number): Promise<void> {
  const payee = { payment: crypto.randomUUID() as PaymentId, site: null };
  await wallet?.chain.handOver({ to: STRANGER, amount: raw(amount) }, payee, async (own) => {
    await accounts.find(({ address }) => address === own.account)?.chains.put(own);
  });
}

describe('the pocket', () => {
  test('moves the money of idle accounts to the richest where none has enough, and pays from that one', async () => {
    const pocket = await pocketWith(40, 60, 30);
    expect(placeOf(await pocket.lease(pays(95)))).toBe(1);
    expect(balances()).toEqual([5, 95, 30]);
  });

  test.each([pays, handsOver])(
    'pays right after the start of the worker, before a look at the ledger',
    async (order) => {
      await openUnknown([40, 60]);
      const pocket = new Pocket({ accounts: wallets, leases: new AccountLeases(), order: ORDER });
      expect(placeOf(await pocket.lease(order(50)))).toBe(1);
    },
  );

  test('moves nothing where it has too little in all', async () => {
    const pocket = await pocketWith(40, 60);
    expect(await pocket.lease(pays(101))).toBeNull();
    expect(balances()).toEqual([40, 60]);
  });

  test('takes no money from an account that is in a payment', async () => {
    const pocket = await pocketWith(40, 60, 30);
    const first = await pocket.lease(pays(50));
    expect(placeOf(first)).toBe(1);
    expect(await pocket.lease(pays(71))).toBeNull();
    expect(placeOf(await pocket.lease(pays(70)))).toBe(0);
    expect(balances()).toEqual([70, 60, 0]);
  });

  test('gives two payments at once, which it can only pay by moving money, no raw twice', async () => {
    const pocket = await pocketWith(40, 40, 40, 40);
    const both = await Promise.all([pocket.lease(pays(70)), pocket.lease(pays(70))]);
    const [one, other] = both.map(placeOf);
    expect(one).not.toBe(other);
    expect([balances()[one ?? 0], balances()[other ?? 0]]).toEqual([70, 70]);
  });

  test('hands over blocks of every account but its first', async () => {
    const pocket = await pocketWith(100, 10, 20);
    expect(placeOf(await pocket.lease(handsOver(15)))).toBe(2);
    expect(placeOf(await pocket.lease(pays(90)))).toBe(0);
  });

  test('moves money out of its first account for a block that is handed over', async () => {
    const pocket = await pocketWith(100, 10, 20);
    expect(placeOf(await pocket.lease(handsOver(90)))).toBe(2);
    expect(balances()).toEqual([30, 10, 90]);
  });

  test('pays while blocks of its other accounts are out, and moves none of their money', async () => {
    const pocket = await pocketWith(100, 50, 50);
    await handOver(wallets[1], 10);
    expect(placeOf(await pocket.lease(pays(100)))).toBe(0);
    expect(await pocket.lease(pays(101))).toBeNull();
    expect(placeOf(await pocket.lease(handsOver(50)))).toBe(2);
  });
});

describe('a wallet', () => {
  test('hands no block over from savings: what the pocket lacks is moved to an account of it', async () => {
    const wallet = await walletWith(1_000, 30, 20);
    const lease = await wallet.lease({ ...handsOver(200), approval: 'once' });
    expect(placeOf(lease)).toBe(2);
    expect(balances()).toEqual([820, 30, 200]);
  });

  test('moves the money of all accounts together for a block that is handed over', async () => {
    const wallet = await walletWith(50, 30, 20);
    const lease = await wallet.lease({ ...handsOver(95), approval: 'once' });
    expect(placeOf(lease)).toBe(2);
    expect(balances()).toEqual([5, 0, 95]);
  });

  test('says how much is missing where all accounts together have too little for a block', async () => {
    const wallet = await walletWith(50, 30, 20);
    const lease = wallet.lease({ ...handsOver(120), approval: 'once' });
    await expect(lease).rejects.toMatchObject({ key: 'fault_insufficient', args: [formatXno(raw(20))] });
  });

  test('hands over one block of an account at most, and says so when each has one out', async () => {
    const wallet = await walletWith(1_000, 100, 100, 100);
    await handOver(wallets[2], 10);
    expect(placeOf(await wallet.lease({ ...handsOver(10), approval: 'once' }))).toBe(3);
    await handOver(wallets[3], 10);
    await expect(wallet.lease({ ...handsOver(10), approval: 'once' })).rejects.toThrow('fault_chequeOut');
    expect(await wallet.handedOver()).toBeNull();
    expect(placeOf(await wallet.lease({ ...pays(500), approval: 'once' }))).toBe(0);
  });

  test('hands two blocks over at once from two accounts, and funds them one after the other', async () => {
    const wallet = await walletWith(1_000, 100, 30, 20);
    const leases = await Promise.all([
      wallet.lease({ ...handsOver(30), approval: 'once' }),
      wallet.lease({ ...handsOver(200), approval: 'once' }),
    ]);
    expect(leases.map(placeOf)).toEqual([2, 3]);
    expect(balances()).toEqual([820, 100, 30, 200]);
  });

  test('moves the money for a question about a signed block to an account for such blocks', async () => {
    const wallet = await walletWith(1_000, 30, 20);
    const lease = await wallet.gatherFor(handsOver(200));
    expect(placeOf(lease)).toBe(2);
    lease?.done();
    expect(placeOf(await wallet.lease({ ...handsOver(200), approval: 'once' }))).toBe(2);
    expect(balances()).toEqual([820, 30, 200]);
  });

  describe('right after the start of the worker, before a look at the ledger,', () => {
    test('moves no more for a block that is handed over than what its account lacks', async () => {
      const wallet = await startedWalletWith(1_000, 30, 20);
      expect(placeOf(await wallet.lease({ ...handsOver(200), approval: 'once' }))).toBe(2);
      expect(balances()).toEqual([820, 30, 200]);
    });

    test('moves nothing for such a block while no node tells what there is', async () => {
      const wallet = await startedWalletWith(1_000, 30, 20);
      devnet.faults.set({ kind: 'http_status', status: 503 });
      await expect(wallet.lease({ ...handsOver(5), approval: 'once' })).rejects.toThrow('fault_node');
      devnet.faults.clear();
      await wallet.refresh();
      expect(balances()).toEqual([1_000, 30, 20]);
    });

    test('pays what its user approved from the account that has enough', async () => {
      const wallet = await startedWalletWith(50, 100, 20);
      expect(placeOf(await wallet.lease({ ...pays(60), approval: 'once' }))).toBe(1);
      expect(balances()).toEqual([50, 100, 20]);
    });

    test('moves the money for a question together', async () => {
      const wallet = await startedWalletWith(50, 30, 20);
      expect(placeOf(await wallet.gatherFor(pays(90)))).toBe(0);
      expect(balances()).toEqual([100, 0, 0]);
    });

    test('sends what only several accounts have', async () => {
      const wallet = await startedWalletWith(20, 10, 5);
      await wallet.send(STRANGER, raw(34));
      expect(balances()).toEqual([1, 0, 0]);
    });
  });

  test('fills no account that is about to hand over a block: what is on its way could not be received', async () => {
    const wallet = await walletWith(1_000, 100, 10);
    const [settling, lease] = await Promise.all([
      wallet.settle(),
      wallet.lease({ ...handsOver(5), approval: 'budget' }),
    ]);
    const results = [
      ['moved', null],
      ['waits', 2],
    ];
    expect(results).toContainEqual([settling, placeOf(lease)]);
  });

  test('moves the money for a question together before it is answered, and keeps it there', async () => {
    const wallet = await walletWith(50, 30, 20);
    const lease = await wallet.gatherFor(pays(90));
    expect(placeOf(lease)).toBe(0);
    expect(balances()).toEqual([100, 0, 0]);
    expect(await wallet.settle()).toBe('waits');
    lease?.done();
    expect(await wallet.gatherFor(pays(90))).toBeNull();
    expect(await wallet.gatherFor(pays(101))).toBeNull();
  });

  test('takes no money for a question from an account that is in a payment', async () => {
    const wallet = await walletWith(50, 30, 20);
    const paying = await wallet.lease({ ...pays(25), approval: 'budget' });
    expect(placeOf(paying)).toBe(1);
    await wallet.gatherFor(pays(70));
    expect(balances()).toEqual([70, 30, 0]);
  });

  test('gives a payment that begins while money is moved an account that keeps enough for it', async () => {
    const wallet = await walletWith(500, 190, 105);
    const order = { ...pays(105), approval: 'budget' } as const;
    const [lease] = await Promise.all([wallet.lease(order), wallet.settle()]);
    expect(wallets[placeOf(lease) ?? 0]?.balance).toBeGreaterThanOrEqual(105n);
  });

  test.each([
    ['enough in one account', 50],
    ['too little in all', 101],
  ])('moves nothing for a question with %s', async (_, amount) => {
    const wallet = await walletWith(50, 30, 20);
    expect(await wallet.gatherFor(pays(amount))).toBeNull();
    expect(balances()).toEqual([50, 30, 20]);
  });
});
