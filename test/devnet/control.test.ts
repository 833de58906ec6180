import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toAddress } from './address.ts';
import { readBlock } from './block.ts';
import { type Devnet, startDevnet } from './devnet.ts';
import { GENESIS_KEY, genesisBlock, SUPPLY } from './genesis.ts';
import type { Hash } from './hex.ts';
import { Ledger } from './ledger.ts';
import { ask, type ReadyBlock, TestAccount, testKey } from './test-account.ts';
import { DEV_THRESHOLDS } from './work.ts';

let devnet: Devnet;
let alice: TestAccount;

beforeEach(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 0 });
  alice = new TestAccount(devnet.ledger, testKey(1));
});

afterEach(() => devnet.close());

const rpc = (action: string, fields: object = {}) => ask(devnet.rpcUrl, { action, ...fields });

describe('the faucet', () => {
  test('serves many at once from one chain', async () => {
    const hashes = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        rpc('devnet_faucet', { account: alice.address, amount: String(n + 1) }),
      ),
    );
    expect(new Set(hashes.map((answer) => Object(answer).hash)).size).toBe(12);
    expect(devnet.ledger.receivables(alice.key).reduce((sum, { amount }) => sum + amount, 0n)).toBe(78n);
    expect(devnet.ledger.head(devnet.ledger.genesis)?.block.balance).toBe(SUPPLY - 78n);
  });

  test.each(['0', '-1', '1.5', '0x10', String(SUPPLY + 1n)])('does not give %s', async (amount) => {
    expect(await rpc('devnet_faucet', { account: alice.address, amount })).toHaveProperty('error');
    expect(devnet.ledger.counts().blocks).toBe(1);
    await rpc('devnet_faucet', { account: alice.address, amount: '1' });
    expect(devnet.ledger.counts().blocks).toBe(2);
  });

  test('gives at live thresholds without minutes of work', async () => {
    const live = await startDevnet({ liveWork: true, confirmationDelayMs: 0 });
    await live.faucet(alice.address, 5n);
    expect(live.ledger.receivables(alice.key)).toMatchObject([{ amount: 5n }]);
    await live.close();
  });
});

describe('confirmation', () => {
  test('comes after the delay, and not before', async () => {
    expect(await rpc('devnet_confirmation_delay', { ms: 40 })).toEqual({ ms: 40 });
    const start = performance.now();
    const hash = await devnet.faucet(alice.address, 1n);
    expect(devnet.ledger.isConfirmed(devnet.ledger.find(hash))).toBe(false);
    await devnet.confirmed(hash);
    expect(performance.now() - start).toBeGreaterThan(38);
    expect(await rpc('block_info', { hash })).toMatchObject({ confirmed: 'true' });
  });

  test('of a block confirms all it stands on', async () => {
    devnet.faults.set({ kind: 'never_confirm' });
    const send = (await devnet.faucet(alice.address, 1n)) as Hash;
    const open = await alice.receive(send);
    await rpc('process', { json_block: 'true', block: open.json });
    expect(await rpc('devnet_account_blocks', { account: alice.address })).toMatchObject({
      blocks: [{ hash: open.hash, confirmed: false }],
    });
    await rpc('devnet_confirm', { hash: open.hash });
    expect(await rpc('devnet_account_blocks', { account: alice.address })).toMatchObject({
      blocks: [{ hash: open.hash, subtype: 'receive', amount: '1', balance: '1', confirmed: true }],
    });
    expect(devnet.ledger.isConfirmedHash(send)).toBe(true);
  });

  test('block_confirm opens the election again', async () => {
    devnet.faults.set({ kind: 'never_confirm', times: 1 });
    const hash = await devnet.faucet(alice.address, 1n);
    expect(devnet.ledger.isConfirmedHash(hash as Hash)).toBe(false);
    expect(await rpc('block_confirm', { hash })).toEqual({ started: '1' });
    expect(devnet.ledger.isConfirmedHash(hash as Hash)).toBe(true);
  });
});

describe('stats', () => {
  test('count and log every request and the blocks taken', async () => {
    const before = Date.now();
    await rpc('version');
    await rpc('version');
    await rpc('nonsense');
    const open = await alice.receive((await devnet.faucet(alice.address, 1n)) as Hash);
    await rpc('process', { json_block: 'true', block: open.json });
    const stats = Object(await rpc('devnet_stats'));
    expect(stats).toMatchObject({
      actions: { version: 2, nonsense: 1, process: 1 },
      accepted: 1,
      blocks: { [alice.address]: 1, [toAddress(devnet.ledger.genesis)]: 2 },
    });
    expect(stats.log.slice(0, 3).map((line: { action: string }) => line.action)).toEqual([
      'version',
      'version',
      'nonsense',
    ]);
    expect(stats.log[0].at).toBeGreaterThanOrEqual(before);
  });

  test('keep the last thousand requests', () => {
    for (let n = 0; n < 1005; n += 1) devnet.stats.record('version', n);
    expect(devnet.stats.log()).toHaveLength(1000);
    expect(devnet.stats.log()[0]).toEqual({ action: 'version', at: 5 });
    expect(devnet.stats.counts()).toEqual({ version: 1005 });
  });
});

test('a port in use makes the start fail, and leaves nothing running', async () => {
  const port = Number(new URL(devnet.wsUrl).port);
  await expect(startDevnet({ wsPort: port })).rejects.toThrow('EADDRINUSE');
  await expect(startDevnet({ rpcPort: Number(new URL(devnet.rpcUrl).port) })).rejects.toThrow('EADDRINUSE');
});

test('reset goes back to genesis', async () => {
  await rpc('devnet_confirmation_delay', { ms: 60_000 });
  await devnet.faucet(alice.address, 1n);
  devnet.faults.set({ kind: 'latency', ms: 1 });
  expect(await rpc('devnet_reset')).toEqual({ reset: true });
  expect(devnet.ledger.counts()).toEqual({ blocks: 1, confirmed: 1 });
  expect(devnet.faults.list()).toEqual([]);
  expect(devnet.stats.counts()).toEqual({});
  expect(devnet.ledger.receivables(alice.key)).toEqual([]);
});

describe('rollback', () => {
  test('allows another block on the same previous', async () => {
    const bob = new TestAccount(devnet.ledger, testKey(2));
    const publish = (block: ReadyBlock) => rpc('process', { json_block: 'true', block: block.json });
    await publish(await alice.receive((await devnet.faucet(alice.address, 10n)) as Hash));
    const send = await alice.send(bob.key, 3n);
    const rival = await alice.send(bob.key, 4n);
    await publish(send);
    const receive = await bob.receive(send.hash);
    await publish(receive);
    expect(await rpc('devnet_rollback', { hash: send.hash })).toEqual({ removed: [receive.hash, send.hash] });
    expect(await rpc('account_info', { account: bob.address })).toEqual({ error: 'Account not found' });
    expect(await publish(rival)).toEqual({ hash: rival.hash });
    expect(await publish(send)).toEqual({ error: 'Fork' });
  });

  test('never takes the genesis block', async () => {
    const [genesis] = devnet.ledger.chain(devnet.ledger.genesis);
    expect(await rpc('devnet_rollback', { hash: genesis?.hash })).toEqual({
      error: 'the genesis block cannot be rolled back',
    });
  });
});

/** Whatever happens, no raw is made or lost: what accounts own and what waits for them is the supply. */
test('the supply stays the supply, through any sends, receives and rollbacks', async () => {
  const people = fc.nat({ max: 2 });
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('send' as const),
      from: people,
      to: people,
      percent: fc.integer({ min: 1, max: 100 }),
    }),
    fc.record({ kind: fc.constant('receive' as const), by: people }),
    fc.record({ kind: fc.constant('rollback' as const), of: people, height: fc.nat({ max: 3 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      const ledger = new Ledger(genesisBlock(), { ...DEV_THRESHOLDS, send: 0n, receive: 0n });
      const accounts = [1, 2, 3].map((n) => new TestAccount(ledger, testKey(n)));
      const take = (block: ReadyBlock) => {
        const read = readBlock(block.json);
        expect(read && ledger.process(read).accepted).toBe(true);
      };
      const genesis = new TestAccount(ledger, GENESIS_KEY);
      for (const { key } of accounts) take(await genesis.send(key, 1000n));
      for (const one of steps) {
        if (one.kind === 'send') {
          const [from, to] = [accounts[one.from], accounts[one.to]];
          const balance = (from && ledger.head(from.key)?.block.balance) ?? 0n;
          const amount = (balance * BigInt(one.percent)) / 100n;
          if (from && to && amount > 0n) take(await from.send(to.key, amount));
        } else if (one.kind === 'receive') {
          const account = accounts[one.by];
          const [first] = account ? ledger.receivables(account.key) : [];
          if (account && first) take(await account.receive(first.hash));
        } else {
          const entry = ledger.chain(accounts[one.of]?.key ?? ledger.genesis)[one.height];
          if (entry && entry.block.account !== ledger.genesis) ledger.rollback(entry.hash);
        }
        expect(total(ledger, accounts)).toBe(SUPPLY);
      }
    }),
    { numRuns: 25 },
  );
});

function total(ledger: Ledger, accounts: readonly TestAccount[]): bigint {
  const owned = ledger.accounts().reduce((sum, key) => sum + (ledger.head(key)?.block.balance ?? 0n), 0n);
  const waiting = accounts.flatMap(({ key }) => ledger.receivables(key));
  return waiting.reduce((sum, { amount }) => sum + amount, owned);
}
