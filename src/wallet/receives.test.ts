import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { deferred } from '../concurrency.ts';
import type { Raw } from '../nano/amount.ts';
import { NodeClient } from '../nano/node-client.ts';
import { hash as hashOf } from '../nano/nodes.fixture.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import type { WorkRoot } from '../work/difficulty.ts';
import type { WorkEngine } from '../work/engine.ts';
import type { WorkScheduler } from '../work/scheduler.ts';
import { type Account, accountWith, devWork, STRANGER, workOver } from './account.fixture.ts';
import type { AccountChain } from './account-chain.ts';
import type { OwnBlock } from './own-block.ts';
import type { PersistReceives } from './receives.ts';

let devnet: Devnet;
let account: Account;
let chain: AccountChain;
let work: WorkScheduler;
/** The roots of the work that is searched for ahead of need, in order. */
let ahead: WorkRoot[];
/** Whether work ahead of need is found. */
let isAheadFound: boolean;

/** Finds work that a block waits for, and work ahead of need only while `isAheadFound`. */
const engine: WorkEngine = {
  name: 'steered',
  solve(root, threshold, options) {
    if (options.urgency === 'foreground') return devWork.solve(root, threshold, options);
    ahead.push(root);
    if (isAheadFound) return devWork.solve(root, threshold, options);
    return new Promise((_, reject) => {
      options.signal.addEventListener('abort', () => reject(options.signal.reason));
    });
  },
};

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 0 });
});
afterAll(() => devnet?.close());
beforeEach(async () => {
  devnet.faults.clear();
  ahead = [];
  isAheadFound = true;
  await openWith(1_000n);
});

async function openWith(raw: bigint | null): Promise<void> {
  account = await accountWith(devnet, raw);
  work = workOver(account.database, engine);
  chain = account.wallet({ work }).chain;
  await chain.look();
}
const persist: PersistReceives = async (receives) => {
  for (const { own } of receives) await account.chains.put(own);
};
const signal = new AbortController().signal;
const receive = (...sources: readonly VerifiedSource[]) => chain.receive(sources, persist, signal);
async function fund(amount: bigint): Promise<VerifiedSource> {
  const hash = hashOf(await devnet.faucet(account.address, amount));
  await devnet.confirmed(hash);
  return { hash, amount: amount as Raw, from: STRANGER };
}
const pay = async (amount: bigint): Promise<OwnBlock> => {
  const own = await chain.send({ to: STRANGER, amount: amount as Raw }, (block) => account.chains.put(block));
  expect(await chain.publish(own)).toBe('onLedger');
  return own;
};
const subtypes = () => account.blocks().map(({ subtype }) => subtype);
const balance = () => account.blocks().at(-1)?.block.balance;
/** Resolves once the work for a payment after the receives is searched for. It is not found. */
const prepared = async () => {
  isAheadFound = false;
  const before = ahead.length;
  await expect.poll(() => ahead.length).toBeGreaterThan(before);
};

describe('Receives, while receives are being prepared,', () => {
  test('lets a payment go out at once, with the work that was prepared for it', async () => {
    await chain.prepare();
    await expect.poll(() => chain.readiness()).toBe('ready');
    const coming = await fund(5n);
    const searching = prepared();
    const receiving = receive(coming);
    await searching;
    const before = ahead.length;
    expect(await chain.readiness()).toBe('ready');
    isAheadFound = true;
    const paid = await pay(1n);
    expect(paid.block.previous).toBe(account.blocks()[0]?.hash);
    expect(ahead.slice(0, before)).not.toContain(paid.hash);
    // The receives are built again on the payment.
    expect(await receiving).toMatchObject([{ publication: 'onLedger' }]);
    expect(subtypes()).toEqual(['receive', 'send', 'receive']);
    expect(balance()).toBe(1_004n);
  });

  test('signs once the work for the payment after them is found', async () => {
    const [one, other] = [await fund(5n), await fund(6n)];
    const receipts = await receive(one, other);
    expect(receipts.map(({ publication }) => publication)).toEqual(['onLedger', 'onLedger']);
    expect(ahead).toEqual([account.blocks().at(-1)?.hash]);
    expect(await chain.readiness()).toBe('ready');
    expect(balance()).toBe(1_011n);
  });

  test('signs without that work for a payment that needs their money', async () => {
    const searching = prepared();
    const receiving = receive(await fund(500n));
    await searching;
    await pay(1_200n);
    expect(await receiving).toMatchObject([{ publication: 'onLedger' }]);
    expect(subtypes()).toEqual(['receive', 'receive', 'send']);
    expect(balance()).toBe(300n);
  });

  test('rejects a payment of more than the balance with them', async () => {
    await expect(pay(2_000n)).rejects.toThrow('fault_insufficient');
    const searching = prepared();
    const receiving = receive(await fund(500n));
    await searching;
    await expect(pay(2_000n)).rejects.toThrow('fault_insufficient');
    expect(await receiving).toMatchObject([{ publication: 'onLedger' }]);
  });

  test('signs without that work while work ahead of need rests', async () => {
    const searching = prepared();
    const receiving = receive(await fund(5n));
    await searching;
    work.pausePrecomputing(true);
    expect(await receiving).toMatchObject([{ publication: 'onLedger' }]);
    expect(await receive(await fund(6n))).toMatchObject([{ publication: 'onLedger' }]);
    expect(balance()).toBe(1_011n);
  });

  test('signs without that work in an account without money', async () => {
    isAheadFound = false;
    await openWith(null);
    expect(await receive(await fund(7n))).toMatchObject([
      { publication: 'onLedger', own: { subtype: 'open' } },
    ]);
    expect(ahead).toEqual([]);
  });

  test('signs nothing once the wallet is closed', async () => {
    const closing = new AbortController();
    const searching = prepared();
    const receiving = chain.receive([await fund(5n)], persist, closing.signal);
    await searching;
    closing.abort(new Error('closed'));
    await expect(receiving).rejects.toThrow('closed');
    expect(await account.chains.newest(account.network.id, account.address)).toBeNull();
  });
});

describe('Receives, several at once,', () => {
  test('stores them together, before a node sees one', async () => {
    const seen: number[] = [];
    const sources = [await fund(1n), await fund(2n), await fund(3n)];
    await chain.receive(
      sources,
      async (receives) => {
        seen.push(receives.length, account.blocks().length);
        await persist(receives);
      },
      signal,
    );
    expect(seen).toEqual([3, 1]);
    expect(balance()).toBe(1_006n);
  });

  test('receives each send once, whatever a node names again', async () => {
    const [one, other] = [await fund(1n), await fund(2n)];
    await receive(one);
    expect(await receive(one, other)).toMatchObject([{ source: other, publication: 'onLedger' }]);
    expect(await receive(one, other)).toEqual([]);
    expect(balance()).toBe(1_003n);
  });

  test('publishes them up to the first that a node refuses, and builds on the last one before it', async () => {
    const [one, bad, other] = [await fund(1n), await fund(2n), await fund(3n)];
    const receipts = await receive(one, { ...bad, amount: 4n as Raw }, other);
    expect(receipts.map(({ publication }) => publication)).toEqual(['onLedger', 'refused', 'skipped']);
    expect(chain.head).toMatchObject({ balance: 1_001n });
    await pay(1n);
    expect(await receive(other)).toMatchObject([{ publication: 'onLedger' }]);
    expect(balance()).toBe(1_003n);
  });

  test('keeps a payment waiting while no node has them', async () => {
    devnet.faults.set({ kind: 'http_status', status: 503, action: 'process' });
    const receipts = await receive(await fund(1n), await fund(2n));
    expect(receipts.map(({ publication }) => publication)).toEqual(['pending', 'skipped']);
    await expect(pay(1n)).rejects.toThrow('fault_nodeBehind');
    devnet.faults.clear();
    await pay(1n);
    expect(balance()).toBe(1_002n);
  });

  test('keeps a payment waiting while they are published, and not for work', async () => {
    const sources = [await fund(1n), await fund(2n)];
    const held = deferred<void>();
    const holdingFetch: typeof fetch = async (url, init) => {
      if (JSON.parse(String(init?.body)).action === 'process') await held.promise;
      return fetch(url, init);
    };
    const node = NodeClient.at({
      rpcUrls: [devnet.rpcUrl],
      fetch: holdingFetch,
      timeoutMs: 20_000,
      now: Date.now,
    });
    chain = account.wallet({ work, node }).chain;
    let signed = 0;
    const receiving = chain.receive(
      sources,
      async (receives) => {
        await persist(receives);
        signed = receives.length;
      },
      signal,
    );
    await expect.poll(() => signed).toBe(2);
    const paying = pay(1n);
    held.resolve();
    await Promise.all([receiving, paying]);
    expect(subtypes()).toEqual(['receive', 'receive', 'receive', 'send']);
    expect(await receiving).toMatchObject([{ publication: 'onLedger' }, { publication: 'onLedger' }]);
  });
});
