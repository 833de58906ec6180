import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Devnet, startDevnet } from './devnet.ts';
import type { Hash } from './hex.ts';
import { listen } from './listener.ts';
import { type NodeProxy, type ProxyFault, startProxy } from './proxy.ts';
import { ask, TestAccount, testKey } from './test-account.ts';

let devnet: Devnet;
let proxy: NodeProxy;
beforeEach(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 0 });
  proxy = await startProxy(devnet);
});
afterEach(async () => {
  await proxy.close();
  await devnet.close();
});

const version = () => ask(proxy.rpcUrl, { action: 'version' });
const asked = () => devnet.stats.counts().version ?? 0;
const post = () => fetch(proxy.rpcUrl, { method: 'POST', body: '{"action":"version"}', redirect: 'manual' });

test('without a fault the proxy responds as the node', async () => {
  expect(await version()).toEqual(await ask(devnet.rpcUrl, { action: 'version' }));
  expect(proxy.requests).toEqual([{ action: 'version' }]);
});

describe('faults', () => {
  test.each<[string, ProxyFault, number]>([
    ['cut on the way there: the node never hears of it', { kind: 'cut', way: 'there' }, 0],
    ['cut on the way back: the node did it', { kind: 'cut', way: 'back' }, 1],
    ['half of what was promised', { kind: 'half' }, 1],
    ['half, as if it were all', { kind: 'half', quietly: true }, 1],
    ['the answer twice in one body', { kind: 'duplicate', way: 'back' }, 1],
  ])('%s', async (_, fault, times) => {
    proxy.set({ ...fault, times: 1 });
    await expect(version()).rejects.toThrow();
    expect(asked()).toBe(times);
    expect(await version()).toHaveProperty('rpc_version');
  });

  test('are for their action only, and one kind after the other', async () => {
    proxy.set(
      { kind: 'answer', way: 'there', status: 503, times: 2 },
      { kind: 'answer', way: 'there', status: 429, headers: { 'Retry-After': '7' }, times: 1 },
      { kind: 'cut', way: 'there', action: 'process' },
    );
    const replies = [await post(), await post(), await post(), await post()];
    expect(replies.map(({ status }) => status)).toEqual([503, 503, 429, 200]);
    expect(replies[2]?.headers.get('retry-after')).toBe('7');
    await expect(ask(proxy.rpcUrl, { action: 'process' })).rejects.toThrow();
  });

  test('another party responds after the node has processed the request', async () => {
    proxy.set({ kind: 'answer', way: 'back', status: 307, headers: { Location: devnet.rpcUrl } });
    expect((await post()).status).toBe(307);
    expect(asked()).toBe(1);
  });

  test('asked twice, the node answers twice and the client hears the second answer', async () => {
    proxy.set({ kind: 'duplicate', way: 'there' });
    expect(await version()).toHaveProperty('rpc_version');
    expect(asked()).toBe(2);
  });

  test.each(['there', 'back'] as const)('late on the way %s', async (way) => {
    proxy.set({ kind: 'delay', way, ms: 60_000 });
    const waiting = expect(version()).rejects.toThrow();
    await expect.poll(() => proxy.requests.length).toBe(1);
    await expect.poll(asked).toBe(way === 'there' ? 0 : 1);
    await proxy.close();
    await waiting;
    proxy = await startProxy(devnet);
  });

  test('dripped, it is the same answer', async () => {
    proxy.set({ kind: 'drip', bytes: 40, everyMs: 1 });
    expect(await version()).toHaveProperty('rpc_version');
  });

  test('split brain: another ledger answers', async () => {
    const other = await startDevnet({ networkId: 'nano:other' });
    proxy.set({ kind: 'elsewhere', rpcUrl: other.rpcUrl });
    expect(await version()).toHaveProperty('rpc_version');
    expect([asked(), other.stats.counts().version]).toEqual([0, 1]);
    await other.close();
  });

  test('a lie, of the answer and the request', async () => {
    proxy.set({ kind: 'twist', twist: (answer, request) => ({ ...request, was: answer.rpc_version }) });
    expect(await version()).toEqual({ action: 'version', was: '1' });
  });
});

describe('the WebSocket', () => {
  const confirmation = { topic: 'confirmation' };
  const subscribed = async () => {
    const client = await listen(proxy.wsUrl);
    client.send({ action: 'subscribe', topic: 'confirmation', ack: true });
    return client;
  };
  const happen = () => devnet.faucet(new TestAccount(devnet.ledger, testKey(1)).address, 1n) as Promise<Hash>;

  test('passes the node’s messages, twice on request, and invented ones', async () => {
    const client = await subscribed();
    await client.hears({ ack: 'subscribe' });
    proxy.socket('twice');
    await happen();
    await client.hears(confirmation);
    await client.hears(confirmation);
    proxy.tell({ topic: 'nothing' });
    await client.hears({ topic: 'nothing' });
    client.socket.terminate();
  });

  test('can be mute', async () => {
    const client = await subscribed();
    await client.hears({ ack: 'subscribe' });
    proxy.socket('mute');
    await happen();
    const gone = once(client.socket, 'close');
    await devnet.close();
    await gone;
    expect(client.unasked()).toEqual([]);
    devnet = await startDevnet();
  });

  test('can be closed, for present and for new connections', async () => {
    const client = await subscribed();
    const gone = once(client.socket, 'close');
    proxy.socket('closed');
    await gone;
    const next = await listen(proxy.wsUrl);
    if (next.socket.readyState !== next.socket.CLOSED) await once(next.socket, 'close');
    expect(next.unasked()).toEqual([]);
  });
});
