import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toAddress } from './address.ts';
import { type Devnet, startDevnet } from './devnet.ts';
import type { Hash } from './hex.ts';
import { type Listener, listen } from './listener.ts';
import { ask, type ReadyBlock, TestAccount, testKey } from './test-account.ts';

let devnet: Devnet;
let alice: TestAccount;
let bob: TestAccount;
let client: Listener;

beforeEach(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 0 });
  alice = new TestAccount(devnet.ledger, testKey(1));
  bob = new TestAccount(devnet.ledger, testKey(2));
  client = await listen(devnet.wsUrl);
});

afterEach(() => devnet.close());

const publish = (block: ReadyBlock) =>
  ask(devnet.rpcUrl, { action: 'process', json_block: 'true', block: block.json });

async function subscribe(options?: object): Promise<void> {
  client.send({ action: 'subscribe', topic: 'confirmation', ack: true, ...(options && { options }) });
  await client.hears({ ack: 'subscribe' });
}

/** What the client hears of one faucet send. */
async function heardOf(account: TestAccount): Promise<unknown> {
  await devnet.faucet(account.address, 1n);
  await client.settled();
  return Object(client.unasked().at(-1)).message;
}

describe('acknowledgements', () => {
  test('come when asked for, with the id and the time', async () => {
    client.send({ action: 'subscribe', topic: 'confirmation', ack: 'true', id: 7 });
    expect(await client.hears({ ack: 'subscribe' })).toEqual({
      ack: 'subscribe',
      id: '7',
      time: expect.stringMatching(/^\d{13}$/),
    });
    client.send({ action: 'subscribe', topic: 'confirmation' });
    client.send({ action: 'unsubscribe', topic: 'confirmation', ack: true });
    await client.hears({ ack: 'unsubscribe' });
    expect(client.unasked()).toEqual([]);
  });

  test('a ping is answered with pong', async () => {
    client.send({ action: 'ping' });
    expect(await client.hears({ ack: 'pong' })).toEqual({ ack: 'pong', time: expect.any(String) });
  });

  test('an unknown topic or action is ignored', async () => {
    client.send({ action: 'subscribe', topic: 'weather', ack: true });
    client.send({ action: 'dance', topic: 'confirmation', ack: true });
    client.send({ action: 'update', topic: 'confirmation', ack: true, options: { accounts_add: [] } });
    await client.settled();
    expect(client.unasked()).toEqual([]);
  });

  test('a client that sends no JSON is disconnected', async () => {
    client.socket.send('hello');
    await once(client.socket, 'close');
  });
});

describe('confirmations', () => {
  test('carry the block with its subtype, in the order of events', async () => {
    await subscribe();
    const send = await devnet.faucet(alice.address, 5n);
    const open = await alice.receive(send as Hash);
    await publish(open);
    const change = await alice.change(bob.key);
    await publish(change);
    await client.settled();
    expect(client.unasked()).toEqual([
      {
        topic: 'confirmation',
        time: expect.stringMatching(/^\d{13}$/),
        message: expect.objectContaining({
          account: toAddress(devnet.ledger.genesis),
          amount: '5',
          hash: send,
          confirmation_type: 'active_quorum',
          block: expect.objectContaining({ subtype: 'send', link_as_account: alice.address }),
        }),
      },
      expect.objectContaining({
        message: expect.objectContaining({ hash: open.hash, block: { ...open.json, subtype: 'receive' } }),
      }),
      expect.objectContaining({
        message: expect.objectContaining({ amount: '0', block: { ...change.json, subtype: 'change' } }),
      }),
    ]);
  });

  test('come after the delay, and block_info then says so', async () => {
    devnet.elections.delayMs = 30;
    await subscribe();
    const began = performance.now();
    const hash = await devnet.faucet(alice.address, 5n);
    expect(await client.hears({ topic: 'confirmation' })).toMatchObject({ message: { hash } });
    // A timer may fire a fraction of a millisecond early.
    expect(performance.now() - began).toBeGreaterThan(29);
    expect(await ask(devnet.rpcUrl, { action: 'block_info', hash })).toMatchObject({ confirmed: 'true' });
  });

  test('do not come before the delay is over, and block_info says so', async () => {
    devnet.elections.delayMs = 3_600_000;
    await subscribe();
    const hash = await devnet.faucet(alice.address, 5n);
    expect(await ask(devnet.rpcUrl, { action: 'block_info', hash })).toMatchObject({ confirmed: 'false' });
    await client.settled();
    expect(client.unasked()).toEqual([]);
  });

  test('without a subscription, or after its end, there are none', async () => {
    expect(await heardOf(alice)).toBeUndefined();
    await subscribe();
    expect(await heardOf(alice)).toBeDefined();
    client.send({ action: 'unsubscribe', topic: 'confirmation', ack: true });
    await client.hears({ ack: 'unsubscribe' });
    const before = client.unasked().length;
    await heardOf(alice);
    expect(client.unasked()).toHaveLength(before);
  });

  test('are sent twice for a block that is confirmed again by hand', async () => {
    await subscribe();
    const hash = await devnet.faucet(alice.address, 1n);
    await ask(devnet.rpcUrl, { action: 'block_confirm', hash });
    await client.settled();
    const types = client.unasked().map((heard) => Object(heard).message.confirmation_type);
    expect(types).toEqual(['active_quorum', 'active_confirmation_height']);
  });
});

describe('the account filter', () => {
  test('passes blocks of the accounts, and sends to them', async () => {
    await subscribe({ accounts: [alice.address.replace('nano_', 'xrb_')] });
    expect(await heardOf(bob)).toBeUndefined();
    const send = await devnet.faucet(alice.address, 5n);
    expect(await client.hears({ topic: 'confirmation' })).toMatchObject({ message: { hash: send } });
    const open = await alice.receive(send as Hash);
    await publish(open);
    expect(await client.hears({ topic: 'confirmation' })).toMatchObject({ message: { hash: open.hash } });
  });

  test('can be widened and narrowed', async () => {
    await subscribe({ accounts: [alice.address] });
    const update = { accounts_add: [bob.address], accounts_del: [alice.address] };
    client.send({ action: 'update', topic: 'confirmation', ack: true, options: update });
    await client.hears({ ack: 'update' });
    expect(await heardOf(alice)).toBeUndefined();
    expect(await heardOf(bob)).toMatchObject({ block: { link_as_account: bob.address } });
  });

  test.each([[[]], ['nonsense'], [['nano_1']]])('passes nothing when it is %j', async (accounts) => {
    await subscribe({ accounts });
    expect(await heardOf(alice)).toBeUndefined();
  });

  test('needs the block in the message', async () => {
    await subscribe({ accounts: [alice.address], include_block: 'false' });
    expect(await heardOf(alice)).toBeUndefined();
  });
});

test('other options: types, no block, election and sideband', async () => {
  await subscribe({ confirmation_type: 'inactive' });
  expect(await heardOf(alice)).toBeUndefined();
  await subscribe({ confirmation_type: 'active', include_block: false, include_election_info: true });
  const bare = await heardOf(alice);
  expect(bare).toHaveProperty('election_info.voters', '1');
  expect(bare).not.toHaveProperty('block');
  await subscribe({ include_sideband_info: 'true' });
  expect(await heardOf(alice)).toMatchObject({ sideband: { height: '4' } });
});
