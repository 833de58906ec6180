import { describe, expect, test } from 'vitest';
import { toAddress } from '../../test/devnet/address.ts';
import { genesisBlock } from '../../test/devnet/genesis.ts';
import { nodeAt } from '../nano/nodes.fixture.ts';
import { chainEnvironment, order, strangerKey } from './account-chain.fixture.ts';

const env = chainEnvironment();

describe('AccountChain, with a node that lies or fails,', () => {
  test.each([
    { kind: 'lie_balance', offset: '-400' },
    { kind: 'lie_balance', offset: '5000' },
    { kind: 'lie_balance', absolute: '0' },
  ] as const)('believes the block where the node states another balance beside it: $kind', async (lie) => {
    env.devnet.faults.set(lie);
    await env.pay(10n);
    expect(env.amounts()).toEqual([10n]);
    expect(env.account.blocks().at(-1)?.block.balance).toBe(990n);
  });

  test.each([
    { kind: 'lie_balance', offset: '-400', contents: true },
    { kind: 'lie_balance', offset: '400', contents: true },
    { kind: 'foreign_frontier', of: toAddress(genesisBlock().account) },
  ] as const)('signs nothing where the block itself is false: $kind', async (lie) => {
    env.devnet.faults.set(lie);
    await expect(env.chain.send(order(10n), env.persist)).rejects.toThrow('fault_headUnproven');
    expect(await env.account.chains.newest(env.account.network.id, env.account.address)).toBeNull();
  });

  test('does not believe a frontier below its newest own block', async () => {
    await env.pay(1n);
    await env.pay(2n);
    env.devnet.faults.set({ kind: 'stale_frontier', back: 2 });
    env.chain = env.account.wallet().chain;
    await env.pay(3n);
    expect(env.amounts()).toEqual([1n, 2n, 3n]);
  });

  test('does not believe a frontier below an own block that another wallet built on', async () => {
    await env.pay(1n);
    await env.account.publish(await env.account.otherWallet().send(strangerKey(), 5n));
    env.chain = env.account.wallet().chain;
    env.devnet.faults.set({ kind: 'stale_frontier', back: 2 });
    await expect(env.chain.send(order(3n), env.persist)).rejects.toThrow('fault_nodeBehind');
    env.devnet.faults.clear();
    await env.pay(3n);
    expect(env.amounts()).toEqual([1n, 5n, 3n]);
  });

  test.each(['drop_reply_after_accepting', 'process_other_hash', 'truncated_json'] as const)(
    'gets a block to the ledger once, whatever the node answers: %s',
    async (kind) => {
      env.devnet.faults.set({ kind, action: 'process' });
      await env.pay(10n);
      expect(env.amounts()).toEqual([10n]);
    },
  );

  test('publishes a block that reached no node before it builds on it', async () => {
    await env.chain.look();
    env.devnet.faults.set({ kind: 'http_status', status: 503 });
    const first = await env.chain.send(order(1n), env.persist);
    expect(await env.chain.publish(first)).toBe('pending');
    await expect(env.chain.send(order(2n), env.persist)).rejects.toThrow(/fault_node/);
    env.devnet.faults.clear();
    await env.pay(2n);
    expect(env.amounts()).toEqual([1n, 2n]);
  });

  test('stores nothing when the node is unreachable', async () => {
    env.chain = env.account.wallet({ node: nodeAt('http://127.0.0.1:1/') }).chain;
    await expect(env.chain.send(order(1n), env.persist)).rejects.toThrow('fault_nodeUnreachable');
    expect(await env.account.chains.newest(env.account.network.id, env.account.address)).toBeNull();
  });

  test('publishes a block again that the ledger lost', async () => {
    const own = await env.pay(1n);
    env.devnet.ledger.rollback(env.devnet.ledger.find(own.hash).hash);
    env.chain = env.account.wallet().chain;
    await env.pay(2n);
    expect(env.amounts()).toEqual([1n, 2n]);
  });
});
