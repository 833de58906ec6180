import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Devnet, startDevnet } from './devnet.ts';
import type { Hash } from './hex.ts';
import { listen } from './listener.ts';
import { ask, type ReadyBlock, TestAccount, testKey } from './test-account.ts';

let devnet: Devnet;
let alice: TestAccount;
let bob: TestAccount;
let opened: ReadyBlock;

beforeEach(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 0 });
  alice = new TestAccount(devnet.ledger, testKey(1));
  bob = new TestAccount(devnet.ledger, testKey(2));
  opened = await alice.receive((await devnet.faucet(alice.address, 100n)) as Hash);
  await publish(opened);
});

afterEach(() => devnet.close());

const rpc = (action: string, fields: object = {}) => ask(devnet.rpcUrl, { action, ...fields });
const publish = (block: ReadyBlock) => rpc('process', { json_block: 'true', block: block.json });
const info = (account = alice.address) => rpc('account_info', { account });

describe('which requests suffer', () => {
  test('those for the action and account, so many times, and never the controls', async () => {
    devnet.faults.set({
      kind: 'http_status',
      status: 503,
      action: 'account_info',
      account: alice.address,
      times: 2,
    });
    const status = async (fields: object) =>
      (await fetch(devnet.rpcUrl, { method: 'POST', body: JSON.stringify(fields) })).status;
    const asked = { action: 'account_info', account: alice.address };
    expect(await status({ action: 'version' })).toBe(200);
    expect(await status({ ...asked, account: bob.address })).toBe(200);
    expect([await status(asked), await status(asked), await status(asked)]).toEqual([503, 503, 200]);
    expect(devnet.faults.list()).toEqual([]);

    devnet.faults.set({ kind: 'drop_request' });
    await expect(rpc('version')).rejects.toThrow();
    expect(await rpc('devnet_faults', { clear: 'drop_request' })).toEqual({ faults: [] });
    expect(await rpc('version')).toHaveProperty('rpc_version');
  });

  test('are set and cleared over RPC, one or several', async () => {
    const latency = { kind: 'latency', ms: 1, times: 3 };
    const silence = { kind: 'never_confirm' };
    expect(await rpc('devnet_faults', { set: latency })).toEqual({ faults: [latency] });
    expect(await rpc('devnet_faults', { set: [silence] })).toEqual({ faults: [latency, silence] });
    await rpc('version');
    expect(await rpc('devnet_faults')).toEqual({ faults: [{ ...latency, times: 2 }, silence] });
    expect(await rpc('devnet_faults', { clear: 'all', set: silence })).toEqual({ faults: [silence] });
    expect(await rpc('devnet_faults', { clear: 'all' })).toEqual({ faults: [] });
  });

  test.each([
    { kind: 'bad_weather' },
    { kind: 'latency', ms: -1 },
    { kind: 'http_status', status: 99 },
    { kind: 'lie_balance', offset: '1.5' },
    { kind: 'foreign_frontier', of: 'nano_1' },
    { kind: 'drop_request', times: 0 },
  ])('%j is no fault', async (set) => {
    expect(await rpc('devnet_faults', { set })).toHaveProperty('error');
    expect(devnet.faults.list()).toEqual([]);
  });
});

describe('faults of the connection', () => {
  test('latency', async () => {
    devnet.faults.set({ kind: 'latency', ms: 50 });
    const start = performance.now();
    await rpc('version');
    expect(performance.now() - start).toBeGreaterThan(48);
  });

  test('drop_request: nothing was done', async () => {
    devnet.faults.set({ kind: 'drop_request', action: 'process' });
    await expect(publish(await alice.send(bob.key, 1n))).rejects.toThrow('fetch failed');
    expect(devnet.ledger.chain(alice.key)).toHaveLength(1);
  });

  test('drop_reply_after_accepting: the block was taken', async () => {
    devnet.faults.set({ kind: 'drop_reply_after_accepting', action: 'process', times: 1 });
    const send = await alice.send(bob.key, 1n);
    await expect(publish(send)).rejects.toThrow('fetch failed');
    expect(devnet.ledger.head(alice.key)?.hash).toBe(send.hash);
    expect(await publish(send)).toEqual({ error: 'Old block' });
  });

  test('drop_reply_after_accepting waits for a block that is accepted', async () => {
    devnet.faults.set({ kind: 'drop_reply_after_accepting', action: 'process', times: 1 });
    expect(await publish(opened)).toEqual({ error: 'Old block' });
    await expect(publish(await alice.send(bob.key, 1n))).rejects.toThrow('fetch failed');
  });

  test.each([429, 500, 502])('http_status %i: nothing was done', async (status) => {
    devnet.faults.set({ kind: 'http_status', status, action: 'process', times: 1 });
    const send = await alice.send(bob.key, 1n);
    const body = JSON.stringify({ action: 'process', json_block: 'true', block: send.json });
    expect((await fetch(devnet.rpcUrl, { method: 'POST', body })).status).toBe(status);
    expect(devnet.ledger.chain(alice.key)).toHaveLength(1);
    expect(await publish(send)).toEqual({ hash: send.hash });
  });

  test('truncated_json: a complete response with half the JSON', async () => {
    devnet.faults.set({ kind: 'truncated_json' });
    await expect(info()).rejects.toThrow(SyntaxError);
  });

  test('slow_drip: the whole response, a few bytes at a time', async () => {
    const quick = await rpc('version');
    devnet.faults.set({ kind: 'slow_drip', bytes: 40, everyMs: 5 });
    const start = performance.now();
    expect(await rpc('version')).toEqual(quick);
    expect(performance.now() - start).toBeGreaterThan(20);
  });
});

describe('lies', () => {
  test('lie_balance, by an offset or absolutely', async () => {
    devnet.faults.set({ kind: 'lie_balance', offset: '-40', account: alice.address });
    expect(await rpc('account_info', { account: alice.address, include_confirmed: 'true' })).toMatchObject({
      frontier: opened.hash,
      balance: '60',
      confirmed_balance: '60',
    });
    expect(await rpc('accounts_balances', { accounts: [alice.address, bob.address] })).toMatchObject({
      balances: { [alice.address]: { balance: '60' }, [bob.address]: { balance: '0' } },
    });
    const asked = { hash: opened.hash, json_block: 'true' };
    expect(await rpc('block_info', asked)).toMatchObject({ balance: '60', contents: { balance: '100' } });
    devnet.faults.clear();
    devnet.faults.set({ kind: 'lie_balance', absolute: '7', contents: true });
    expect(await rpc('block_info', asked)).toMatchObject({ balance: '7', contents: { balance: '7' } });
  });

  test('stale_frontier: the account as it was', async () => {
    await publish(await alice.send(bob.key, 1n));
    await publish(await alice.send(bob.key, 1n));
    devnet.faults.set({ kind: 'stale_frontier', back: 2, times: 1 });
    expect(await info()).toMatchObject({ frontier: opened.hash, balance: '100', block_count: '1' });
    devnet.faults.set({ kind: 'stale_frontier', times: 1 });
    expect(await info()).toMatchObject({ balance: '99', block_count: '2' });
    expect(await info()).toMatchObject({ balance: '98', block_count: '3' });
  });

  test('foreign_frontier: another account’s', async () => {
    const send = await alice.send(bob.key, 5n);
    await publish(send);
    const open = await bob.receive(send.hash);
    await publish(open);
    devnet.faults.set({ kind: 'foreign_frontier', of: bob.address, account: alice.address });
    expect(await info()).toMatchObject({ frontier: open.hash, balance: '5' });
    expect(await info(bob.address)).toMatchObject({ frontier: open.hash });
  });

  test('lie_receivable_amount, in every shape that has amounts', async () => {
    const hash = await devnet.faucet(bob.address, 5n);
    devnet.faults.set({ kind: 'lie_receivable_amount', offset: '1' });
    const account = bob.address;
    expect(await rpc('receivable', { account, threshold: '1' })).toEqual({ blocks: { [hash]: '6' } });
    expect(await rpc('receivable', { account, source: 'true' })).toMatchObject({
      blocks: { [hash]: { amount: '6' } },
    });
    expect(await rpc('accounts_receivable', { accounts: [account], threshold: '1' })).toEqual({
      blocks: { [account]: { [hash]: '6' } },
    });
    expect(await rpc('receivable', { account })).toEqual({ blocks: [hash] });
  });

  test('process_other_hash: the block is taken all the same', async () => {
    const send = await alice.send(bob.key, 1n);
    devnet.faults.set({ kind: 'process_other_hash', hash: opened.hash, times: 1 });
    expect(await publish(send)).toEqual({ hash: opened.hash });
    expect(devnet.ledger.head(alice.key)?.hash).toBe(send.hash);
    devnet.faults.set({ kind: 'process_other_hash', times: 1 });
    const other = await publish(await alice.send(bob.key, 1n));
    expect(other).toEqual({ hash: expect.stringMatching(/^[0-9A-F]{64}$/) });
    expect(other).not.toEqual({ hash: devnet.ledger.head(alice.key)?.hash });
  });

  test('a lie never changes a refusal', async () => {
    devnet.faults.set({ kind: 'process_other_hash' }, { kind: 'lie_balance', absolute: '1' });
    expect(await publish(opened)).toEqual({ error: 'Old block' });
    expect(await info(bob.address)).toEqual({ error: 'Account not found' });
    expect(devnet.faults.list()).toHaveLength(2);
  });
});

describe('confirmation', () => {
  test('never_confirm: so many blocks of an account stay unconfirmed', async () => {
    devnet.faults.set({ kind: 'never_confirm', account: alice.address, times: 1 });
    const send = await alice.send(bob.key, 1n);
    await publish(send);
    const other = await devnet.faucet(bob.address, 1n);
    expect(await rpc('block_info', { hash: send.hash })).toMatchObject({ confirmed: 'false' });
    expect(await rpc('block_info', { hash: other })).toMatchObject({ confirmed: 'true' });
  });

  test('confirm_never_seen: told over the WebSocket, unknown to the ledger', async () => {
    const client = await listen(devnet.wsUrl);
    client.send({ action: 'subscribe', topic: 'confirmation', ack: true });
    await client.hears({ ack: 'subscribe' });
    devnet.faults.set({ kind: 'confirm_never_seen', times: 1 });
    const send = await alice.send(bob.key, 1n);
    expect(await publish(send)).toEqual({ hash: send.hash });
    expect(await client.hears({ topic: 'confirmation' })).toMatchObject({
      message: { hash: send.hash, amount: '1' },
    });
    expect(await rpc('block_info', { hash: send.hash })).toEqual({ error: 'Block not found' });
    expect(await info()).toMatchObject({ balance: '100', frontier: opened.hash });
    expect(await publish(send)).toEqual({ hash: send.hash });
    expect(await info()).toMatchObject({ balance: '99', frontier: send.hash });
  });
});

describe('websocket_dead', () => {
  test('mute: open, and without a message until it is over', async () => {
    const client = await listen(devnet.wsUrl);
    client.send({ action: 'subscribe', topic: 'confirmation', ack: true });
    await client.hears({ ack: 'subscribe' });
    devnet.faults.set({ kind: 'websocket_dead', how: 'mute' });
    await devnet.faucet(bob.address, 1n);
    devnet.faults.clear('websocket_dead');
    await client.settled();
    expect(client.unasked()).toEqual([]);
    await devnet.faucet(bob.address, 1n);
    await client.hears({ topic: 'confirmation' });
  });

  test('closed: connections end and new ones are refused, so many times', async () => {
    const client = await listen(devnet.wsUrl);
    const gone = once(client.socket, 'close');
    devnet.faults.set({ kind: 'websocket_dead', how: 'closed', times: 1 });
    await gone;
    const refused = new WebSocket(devnet.wsUrl);
    await new Promise((resolve) => refused.on('error', resolve).on('close', resolve));
    const served = await listen(devnet.wsUrl);
    await served.settled();
    expect(served.unasked()).toEqual([]);
  });
});
