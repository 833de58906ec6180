import { describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import type { Raw } from '../nano/amount.ts';
import { DEVNET } from '../nano/network.ts';
import { hash as hashOf } from '../nano/nodes.fixture.ts';
import { meets, parseThreshold, parseWorkNonce, parseWorkRoot } from '../work/difficulty.ts';
import { accountWith, STRANGER } from './account.fixture.ts';
import { chainEnvironment, order, strangerKey } from './account-chain.fixture.ts';
import type { OwnBlock } from './own-block.ts';

const env = chainEnvironment();

describe('AccountChain, signing,', () => {
  test('sends the amount to the payee, and stores by how much the balance changes', async () => {
    const own = await env.pay(10n);
    expect(own).toMatchObject({ subtype: 'send', delta: 10n, block: { balance: 990n } });
    expect(env.account.sends()).toMatchObject([
      { hash: own.hash, amount: 10n, block: { link: strangerKey() } },
    ]);
  });

  test('stores a block before a node sees it, and publishes none that could not be stored', async () => {
    const seen: number[] = [];
    await env.chain.send(order(10n), async (own) => {
      seen.push(env.account.sends().length);
      await env.persist(own);
    });
    expect(seen).toEqual([0]);
    const full = env.chain.send(order(10n), () => Promise.reject(new Fault('fault_storageUnusable')));
    await expect(full).rejects.toThrow('fault_storageUnusable');
    await env.chain.look();
    expect(env.amounts()).toEqual([10n]);
  });

  test('builds blocks that are signed at once one on the other', async () => {
    await Promise.all([1n, 2n, 3n, 4n, 5n].map(env.pay));
    expect(env.amounts().toSorted()).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(env.account.blocks().at(-1)?.block.balance).toBe(985n);
  });

  test('never signs two blocks in one place, with two wallets over one database', async () => {
    const other = env.account.wallet().chain;
    await Promise.all([env.chain.look(), other.look()]);
    await env.pay(1n);
    const own = await other.send(order(2n), env.persist);
    expect(await other.publish(own)).toBe('onLedger');
    expect(env.amounts()).toEqual([1n, 2n]);
  });

  test('rejects a send of more than the balance, and stores nothing', async () => {
    await expect(env.chain.send(order(1_001n), env.persist)).rejects.toMatchObject({
      key: 'fault_insufficient',
      args: ['0.000000000000000000000000000001'],
    });
    expect(await env.account.chains.newest(env.account.network.id, env.account.address)).toBeNull();
    await env.pay(1_000n);
    await expect(env.chain.sendEverything(STRANGER, env.persist)).rejects.toThrow('fault_nothingToSend');
  });

  test('sends everything to the last raw', async () => {
    const own = await env.chain.sendEverything(STRANGER, env.persist);
    await env.chain.publish(own);
    expect(env.amounts()).toEqual([1_000n]);
  });

  test('can receive and cannot send, without blocks', async () => {
    env.account = await accountWith(env.devnet, null);
    env.chain = env.account.wallet().chain;
    await expect(env.chain.send(order(1n), env.persist)).rejects.toThrow('fault_insufficient');
    await expect(env.chain.sendEverything(STRANGER, env.persist)).rejects.toThrow('fault_nothingToSend');
    const source = hashOf(await env.devnet.faucet(env.account.address, 7n));
    await env.devnet.confirmed(source);
    const { own, publication } = await env.receive({ hash: source, amount: 7n as Raw, from: STRANGER });
    expect(publication).toBe('onLedger');
    expect(own).toMatchObject({
      subtype: 'open',
      delta: 7n,
      block: { representative: DEVNET.representative },
    });
  });

  test('signs nothing while locked, and takes the key only after the work is found', async () => {
    const steps: string[] = [];
    const locked = env.account.wallet({
      keys: () => {
        steps.push('keys');
        return Promise.reject(new Fault('fault_locked'));
      },
    }).chain;
    await expect(locked.send(order(1n), env.persist)).rejects.toThrow('fault_locked');
    expect(steps).toEqual(['keys']);
    const root = parseWorkRoot(env.account.blocks().at(-1)?.hash ?? '');
    const kept = await env.account.database.get('work', root);
    expect(kept).toMatchObject({ root });
    expect(env.account.sends()).toEqual([]);
  });

  test('changes the representative once', async () => {
    await env.chain.changeRepresentative(STRANGER);
    await env.chain.changeRepresentative(STRANGER);
    expect(env.account.blocks().map(({ subtype }) => subtype)).toEqual(['receive', 'change']);
    expect(env.account.blocks().at(-1)?.block.representative).toBe(strangerKey());
  });

  test('has the work for the next block searched for after a send', async () => {
    const own = await env.pay(1n);
    const root = parseWorkRoot(own.hash);
    const threshold = parseThreshold(env.account.network.thresholds.send);
    await expect.poll(() => env.chain.readiness()).toBe('ready');
    const { nonce } = Object(await env.account.database.get('work', root));
    expect(meets(root, parseWorkNonce(nonce), threshold)).toBe(true);
  });
});

describe('AccountChain, the requests to a node:', () => {
  test('a look takes two before the first own block, and one after it', async () => {
    expect(await env.requests(() => env.chain.look())).toEqual({ account_info: 1, block_info: 1 });
    await env.pay(1n);
    expect(await env.requests(() => env.chain.look())).toEqual({ block_info: 1 });
  });

  test('a send on a proven head takes none, and publishing it one', async () => {
    await env.chain.look();
    let own: OwnBlock | undefined;
    expect(
      await env.requests(async () => {
        own = await env.chain.send(order(1n), env.persist);
      }),
    ).toEqual({});
    expect(await env.requests(async () => own && env.chain.publish(own))).toEqual({ process: 1 });
    expect(await env.requests(() => env.pay(1n))).toEqual({ process: 1 });
  });

  test('publishing a block twice at once takes one', async () => {
    const own = await env.chain.send(order(1n), env.persist);
    expect(await env.requests(() => Promise.all([env.chain.publish(own), env.chain.publish(own)]))).toEqual({
      process: 1,
    });
  });
});

describe('AccountChain, with a block that a node refuses,', () => {
  test('goes on without it when it is no payment', async () => {
    const source = hashOf(await env.devnet.faucet(env.account.address, 7n));
    await env.devnet.confirmed(source);
    const bad = await env.receive({ hash: source, amount: 8n as Raw, from: STRANGER });
    expect(bad).toMatchObject({
      publication: 'refused',
      fault: new Fault('fault_nodeRefused', ['Balance and amount delta do not match']),
    });
    expect(env.chain.head).toMatchObject({ balance: 1_000n });
    await env.chain.look();
    expect(await env.requests(() => env.chain.look())).not.toHaveProperty('process');
    await env.pay(1n);
    expect(await env.receive({ hash: source, amount: 7n as Raw, from: STRANGER })).toMatchObject({
      publication: 'onLedger',
    });
    expect(env.account.blocks().at(-1)?.block.balance).toBe(1_006n);
  });

  test('builds nothing beside it when it is a payment', async () => {
    const own = await env.chain.send(order(1n), env.persist);
    await env.account.chains.put({ ...own, block: { ...own.block, signature: '0'.repeat(128) } });
    await expect(env.chain.send(order(2n), env.persist)).rejects.toThrow('fault_nodeRefused');
    expect(env.amounts()).toEqual([]);
  });

  test('publishes it with more work when it is refused for its work', async () => {
    const weak = {
      ...env.account.network,
      thresholds: { send: '0000000000000001', receive: '0000000000000001' },
    };
    const own = await env.account.wallet({ network: weak }).chain.send(order(1n), async (block) => {
      // Certainly too little work.
      await env.persist({ ...block, block: { ...block.block, work: weakWork(block) } });
    });
    const kept = await env.account.chains.newest(env.account.network.id, env.account.address);
    if (kept === null) throw new Error('recorded above');
    expect(await env.chain.publish(kept)).toBe('onLedger');
    expect(env.account.sends()).toMatchObject([{ hash: own.hash }]);
  });
});

function weakWork({ block }: OwnBlock): string {
  const root = parseWorkRoot(block.previous);
  const enough = parseThreshold('f000000000000000');
  for (let nonce = 0n; ; nonce++) {
    const text = nonce.toString(16).padStart(16, '0');
    if (!meets(root, parseWorkNonce(text), enough)) return text;
  }
}
