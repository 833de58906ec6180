import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { readHex32 } from '../../test/devnet/hex.ts';
import { deferred } from '../concurrency.ts';
import { Fault } from '../fault.ts';
import { publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { NodeClient } from '../nano/node-client.ts';
import { hash as hashOf, nodeAt } from '../nano/nodes.fixture.ts';
import { StoredTransfers } from '../storage/transfers.ts';
import { type Account, accountWith, locks, STRANGER } from './account.fixture.ts';
import type { AccountWallet, AccountWalletPorts } from './account-wallet.ts';
import type { TransferEntry } from './transfer.ts';

let devnet: Devnet;
let account: Account;
let wallet: AccountWallet;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
});
afterAll(() => devnet?.close());
beforeEach(async () => {
  devnet.faults.clear();
  account = await accountWith(devnet, 1_000n);
  wallet = account.wallet();
});
afterEach(() => wallet.close());

const walletWith = (ports: Partial<AccountWalletPorts>) => {
  wallet = account.wallet(ports);
  return wallet;
};
const fund = async (amount: bigint) => {
  const hash = await devnet.faucet(account.address, amount);
  await devnet.confirmed(hash);
  return hashOf(hash);
};
const stored = () => new StoredTransfers(account.database, Date.now);
const transfers = async () =>
  (await account.database.getAll('transfers')).map(({ kind, amount }) => [kind, amount]);
/** How many requests of each action the node got while something was done. */
async function requests(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  devnet.stats.reset();
  await work();
  return devnet.stats.counts();
}
/** Refreshes, and waits for the work of the next block. */
const settle = async () => {
  await wallet.refresh();
  await expect.poll(() => wallet.readiness()).toBe('ready');
};

describe('AccountWallet, refreshing,', () => {
  test('has the proven balance, and none before a node was asked', async () => {
    expect([wallet.balance, wallet.trouble?.key ?? null, await wallet.readiness()]).toEqual([
      null,
      null,
      'none',
    ]);
    devnet.faults.set({ kind: 'lie_balance', offset: '5' });
    await settle();
    expect([wallet.balance, wallet.trouble?.key ?? null]).toEqual([1_000n, null]);
    expect(wallet.missing(1_000n as Raw)).toBeNull();
    expect(wallet.missing(1_003n as Raw)).toBe(3n);
  });

  test('receives each send with its own block, and has the work for a send searched for', async () => {
    for (const amount of [1n, 2n, 3n]) await fund(amount);
    await settle();
    expect([wallet.balance, wallet.incoming]).toEqual([1_006n, 0n]);
    expect((await transfers()).map(([, amount]) => amount).toSorted()).toEqual([1n, 2n, 3n]);
    expect(account.blocks()).toHaveLength(4);
  });

  test('receives nothing that an earlier wallet received while it was being closed', async () => {
    for (const amount of [3n, 5n]) await fund(amount);
    const exclusively = locks();
    const begun = deferred<void>();
    const released = deferred<void>();
    let persisted = 0;
    const before = account.wallet({
      exclusively,
      transfers: Object.assign(stored(), {
        async record(entries: readonly TransferEntry[]) {
          persisted++;
          begun.resolve();
          await released.promise;
          await stored().record(entries);
        },
      }),
    });
    const closing = before.refresh();
    await begun.promise;
    before.close();

    walletWith({ exclusively });
    const looking = wallet.refresh();
    await expect.poll(() => wallet.incoming).toBe(8n);
    released.resolve();
    await Promise.all([closing, looking]);
    expect([wallet.balance, wallet.incoming, wallet.trouble?.key ?? null]).toEqual([1_008n, 0n, null]);
    expect((await transfers()).map(([, amount]) => amount).toSorted()).toEqual([3n, 5n]);
    expect([persisted, account.blocks().length]).toEqual([1, 3]);
  });

  test('opens an account with its first receive', async () => {
    account = await accountWith(devnet, null);
    walletWith({});
    await settle();
    expect(wallet.balance).toBe(0n);
    await fund(7n);
    await settle();
    expect(wallet.balance).toBe(7n);
  });

  test('believes the amount of a send only from the blocks that prove it', async () => {
    await fund(5n);
    devnet.faults.set({ kind: 'lie_receivable_amount', absolute: '500000' });
    await wallet.refresh();
    expect([wallet.balance, wallet.trouble?.key ?? null]).toEqual([1_005n, null]);
  });

  test('has trouble with a send that cannot be proven, and receives the rest', async () => {
    // The faucet's sends stand one on the other, so the one that is hidden must be the last.
    await fund(6n);
    const bad = await fund(5n);
    const real = nodeAt(devnet.rpcUrl);
    const node = Object.assign(Object.create(real), {
      blockInfo: async (hash: typeof bad) => (hash === bad ? null : real.blockInfo(hash)),
      accountInfo: real.accountInfo.bind(real),
      receivable: real.receivable.bind(real),
      process: real.process.bind(real),
    });
    walletWith({ node });
    await wallet.refresh();
    expect([wallet.balance, wallet.trouble?.key ?? null]).toEqual([1_006n, 'fault_sourceUnproven']);
  });

  test('has trouble with a receive that a node refuses, receives the rest, and does not try it at every look', async () => {
    const bad = await fund(5n);
    await fund(6n);
    const refused: unknown[] = [];
    const refusingFetch: typeof fetch = (url, init) => {
      const request = JSON.parse(String(init?.body));
      if (request.action !== 'process' || request.block.link !== bad) return fetch(url, init);
      refused.push(request.block.link);
      return Promise.resolve(Response.json({ error: 'Unreceivable' }));
    };
    walletWith({
      node: NodeClient.at({
        rpcUrls: [devnet.rpcUrl],
        fetch: refusingFetch,
        timeoutMs: 10_000,
        now: Date.now,
      }),
    });
    await wallet.refresh();
    expect(wallet.trouble?.key ?? null).toBe('fault_nodeRefused');
    await wallet.refresh();
    expect(account.blocks().at(-1)?.block.balance).toBe(1_006n);
    const before = refused.length;
    await wallet.refresh();
    expect(refused).toHaveLength(before);
    expect(wallet.balance).toBe(1_006n);
  });

  test('looks again after a look that found as many sends as it may prove', async () => {
    for (let count = 0; count < 34; count++) await devnet.faucet(account.address, 1n);
    await expect.poll(() => devnet.ledger.counts()).toSatisfy((c) => c.blocks === c.confirmed);
    await wallet.refresh();
    expect(wallet.balance).toBe(1_034n);
  });

  test('has trouble while the node is unreachable, and none after it', async () => {
    devnet.faults.set({ kind: 'http_status', status: 503 });
    await wallet.refresh();
    expect([wallet.balance, wallet.trouble?.key ?? null]).toEqual([null, 'fault_nodeUnreachable']);
    devnet.faults.clear();
    await wallet.refresh();
    expect([wallet.balance, wallet.trouble?.key ?? null]).toEqual([1_000n, null]);
  });
});

describe('AccountWallet, the requests to a node:', () => {
  test('a look takes one for the head and one for receivable sends', async () => {
    await settle();
    expect(await requests(() => wallet.refresh())).toEqual({ account_info: 1, block_info: 1, receivable: 1 });
    await wallet.send(STRANGER, 1n as Raw);
    await settle();
    expect(await requests(() => wallet.refresh())).toEqual({ block_info: 1, receivable: 1 });
  });

  test('looks that are wanted while one runs are one more look', async () => {
    await settle();
    const looks = () => Promise.all(Array.from({ length: 10 }, () => wallet.refresh()));
    expect(await requests(looks)).toMatchObject({ receivable: 2 });
  });

  test('a receive takes two to prove it and one to publish it', async () => {
    await wallet.send(STRANGER, 1n as Raw);
    await settle();
    await fund(5n);
    expect(await requests(() => wallet.refresh())).toEqual({ block_info: 3, receivable: 1, process: 1 });
  });

  test('a confirmation of another wallet’s block starts a look, one of its own does not', async () => {
    const changes: string[] = [];
    walletWith({ changed: () => changes.push('changed') });
    wallet.open();
    await expect.poll(() => changes.length).toBeGreaterThanOrEqual(2);
    const order = { to: STRANGER, amount: 1n as Raw };
    const looks = await requests(async () => {
      const own = await wallet.chain.send(order, (block) => account.chains.put(block));
      await wallet.chain.publish(own);
      await wallet.confirmed(own.hash);
      // It arrives on the same socket after its own: a look because of that one would have started by now.
      await fund(5n);
      await expect.poll(() => wallet.balance).toBe(1_004n);
    });
    expect(looks.receivable).toBe(1);
    expect(looks.account_info).toBeUndefined();
  });
});

describe('AccountWallet, sending,', () => {
  test('stores an amount, or everything, as a transfer', async () => {
    await wallet.send(STRANGER, 300n as Raw);
    expect(wallet.balance).toBe(700n);
    await wallet.send(STRANGER, 'everything');
    expect(account.sends().map(({ amount }) => amount)).toEqual([300n, 700n]);
    expect(await transfers()).toEqual(
      expect.arrayContaining([
        ['sent', 300n],
        ['sent', 700n],
      ]),
    );
    await expect(wallet.send(STRANGER, 'everything')).rejects.toThrow('fault_nothingToSend');
    await expect(wallet.send(STRANGER, 1n as Raw)).rejects.toThrow('fault_insufficient');
  });

  test('rejects with fault_blockWaits when no node has the send, and publishes it once later', async () => {
    await settle();
    devnet.faults.set({ kind: 'http_status', status: 503 });
    await expect(wallet.send(STRANGER, 5n as Raw)).rejects.toThrow('fault_blockWaits');
    devnet.faults.clear();
    await wallet.refresh();
    await wallet.refresh();
    expect(account.sends().map(({ amount }) => amount)).toEqual([5n]);
  });

  test('rejects with fault_blockForked when another wallet’s block was confirmed first', async () => {
    await settle();
    const key = readHex32(publicKeyOf(STRANGER));
    if (key === undefined) throw new Error('a key is 32 bytes');
    await account.publish(await account.otherWallet().send(key, 9n));
    await expect(wallet.send(STRANGER, 5n as Raw)).rejects.toThrow('fault_blockForked');
    expect(account.sends().map(({ amount }) => amount)).toEqual([9n]);
  });
});

describe('AccountWallet, waiting for a confirmation,', () => {
  const publish = async () => {
    const own = await wallet.chain.send({ to: STRANGER, amount: 1n as Raw }, (block) =>
      account.chains.put(block),
    );
    await wallet.chain.publish(own);
    return own.hash;
  };

  test.each<[string, Partial<AccountWalletPorts>]>([
    ['by the socket', {}],
    ['by polling alone', { openSocket: null }],
  ])('hears of it %s', async (_, ports) => {
    walletWith(ports);
    const hash = await publish();
    await wallet.confirmed(hash);
    expect(devnet.ledger.isConfirmed(devnet.ledger.find(hash))).toBe(true);
  });

  test('ends with the time limit, and when the wallet is closed', async () => {
    devnet.faults.set({ kind: 'never_confirm' });
    walletWith({ patienceMs: 50 });
    await expect(wallet.confirmed(await publish())).rejects.toThrow('fault_notConfirmed');
    walletWith({});
    const waiting = wallet.confirmed(await publish());
    wallet.close();
    await expect(waiting).rejects.toThrow('fault_locked');
  });
});

test('AccountWallet receives nothing when it cannot sign', async () => {
  await fund(5n);
  walletWith({ keys: () => Promise.reject(new Fault('fault_locked')) });
  await wallet.refresh();
  expect([wallet.trouble?.key ?? null, account.blocks().length]).toEqual(['fault_locked', 1]);
});
