import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { WebSocket as NodeWebSocket, WebSocketServer } from 'ws';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { startProxy } from '../../test/devnet/proxy.ts';
import type { BlockHash } from './block.ts';
import { type Clock, systemClock } from './clock.ts';
import { Confirmations, type ConfirmationsOptions } from './confirmation.ts';
import { ConfirmationFeed } from './confirmation-feed.ts';
import { type Confirmation, type OpenSocket, type SocketPort, socketsInTurn } from './confirmation-socket.ts';
import { freshKeys, hash, nodeAt, openAccount, scriptedNode } from './nodes.fixture.ts';

const NEVER_MS = 1e9;
let stop: AbortController;
beforeEach(() => {
  stop = new AbortController();
});
afterEach(() => stop.abort(new Error('the test is over')));

describe('on a devnet', () => {
  let devnet: Devnet;
  const keys = freshKeys();
  const openSocket = () => new NodeWebSocket(devnet.wsUrl);
  const feedBy = (open: OpenSocket) =>
    new ConfirmationFeed({ account: keys.address, openSocket: open, clock: systemClock });

  beforeAll(async () => {
    devnet = await startDevnet({ confirmationDelayMs: 150 });
  });
  beforeEach(() => devnet.faults.clear());
  afterAll(() => devnet?.close());

  const send = async () => hash(await devnet.faucet(keys.address, 1n));
  const at = (options: Partial<ConfirmationsOptions> = {}) =>
    new Confirmations({
      node: nodeAt(devnet.rpcUrl),
      feed: feedBy(openSocket),
      clock: systemClock,
      pollMs: NEVER_MS,
      ...options,
    });
  const wait = (hash: BlockHash, options: Partial<ConfirmationsOptions> = {}) =>
    at(options).confirmed(hash, { signal: stop.signal });
  const isConfirmed = async (hash: BlockHash) => (await nodeAt(devnet.rpcUrl).blockInfo(hash))?.confirmed;

  test('the socket reports a confirmation without a request to the node', async () => {
    const block = await send();
    await wait(block);
    expect(await isConfirmed(block)).toBe(true);
  });

  test('polling finds a confirmation where there is no socket', async () => {
    const block = await send();
    await wait(block, { feed: null, pollMs: 20 });
    expect(await isConfirmed(block)).toBe(true);
  });

  test.each(['mute', 'closed'] as const)(
    'polling finds a confirmation where the socket is %s',
    async (how) => {
      devnet.faults.set({ kind: 'websocket_dead', how });
      const block = await send();
      await wait(block, { pollMs: 20 });
      expect(await isConfirmed(block)).toBe(true);
    },
  );

  test('polling finds a confirmation where no socket can be opened', async () => {
    const refuse = () => {
      throw new SyntaxError('not a URL');
    };
    await wait(await send(), { feed: feedBy(refuse), pollMs: 20 });
    await wait(await send(), { feed: feedBy(() => new NodeWebSocket('ws://127.0.0.1:1')), pollMs: 20 });
  });

  test('where one socket cannot be opened, the next one reports the confirmation', async () => {
    const opened: string[] = [];
    const inTurn = socketsInTurn(['ws://127.0.0.1:1', devnet.wsUrl], (url) => {
      opened.push(url);
      return new NodeWebSocket(url);
    });
    if (inTurn === null) throw new Error('there are sockets');
    await wait(await send(), { feed: feedBy(inTurn) });
    expect(opened).toEqual(['ws://127.0.0.1:1', devnet.wsUrl]);
  });

  test('a block that is confirmed already is found at once', async () => {
    const block = await send();
    await devnet.confirmed(block);
    await wait(block, { feed: null });
  });

  const asked = (action: string) => devnet.stats.log().filter((request) => request.action === action).length;

  test('a confirmation that the feed has received needs no request later', async () => {
    const feed = feedBy(openSocket);
    const subscribed = new Promise<void>((resolve) => {
      feed.listen({ onSubscribed: resolve, onConfirmation: () => undefined }, stop.signal);
    });
    await subscribed;
    const block = await send();
    await expect.poll(() => feed.hasHeard(block)).toBe(true);
    const before = asked('block_info');
    await wait(block, { feed });
    expect(asked('block_info')).toBe(before);
  });

  test('a block that was just published is first polled after the poll interval', async () => {
    const block = await send();
    const before = asked('block_info');
    const confirmations = at({ feed: null, pollMs: 300 });
    await confirmations.confirmed(block, { signal: stop.signal, since: Date.now() });
    expect(asked('block_info')).toBe(before + 1);
    const later = { signal: stop.signal, since: Date.now() + NEVER_MS };
    await at({ feed: null, pollMs: 1 }).confirmed(block, later);
  });

  test('a block is polled for after the system clock was set back by an hour', async () => {
    devnet.faults.set({ kind: 'never_confirm', times: 1 });
    const block = await send();
    let setBack = 0;
    const clock = { ...systemClock, now: () => Date.now() - setBack };
    const waiting = at({ feed: null, pollMs: 20, clock }).confirmed(block, {
      signal: stop.signal,
      since: Date.now(),
    });
    setBack = 3_600_000;
    devnet.elections.confirm(devnet.ledger.find(block).hash);
    await waiting;
  });

  test('one request to the node covers all blocks that are waited for', async () => {
    devnet.faults.set({ kind: 'never_confirm', times: 30 });
    const blocks = await Promise.all(Array.from({ length: 30 }, send));
    const proxy = await startProxy(devnet);
    const asked = (action: string) => proxy.requests.filter((request) => request.action === action).length;
    const since = Date.now();
    let areWaiting = false;
    // Time stands still until all of them wait: the first is due before the last one waits, on a slow machine.
    const clock = { ...systemClock, now: () => (areWaiting ? Date.now() : since) };
    const confirmations = at({ node: nodeAt(proxy.rpcUrl), feed: null, pollMs: 20, clock });
    const waiting = blocks.map((block) => confirmations.confirmed(block, { signal: stop.signal, since }));
    areWaiting = true;
    await expect.poll(() => asked('blocks_info')).toBeGreaterThan(3);
    expect(asked('block_info')).toBe(0);
    for (const block of blocks) devnet.elections.confirm(devnet.ledger.find(block).hash);
    await Promise.all(waiting);
    await proxy.close();
  });

  test('a node that returns none of several blocks is asked about each', async () => {
    const blocks = [await send(), await send()];
    const old = await startProxy(devnet);
    old.set({
      kind: 'twist',
      twist: (answer) => ('blocks' in answer ? { error: 'Block not found' } : answer),
    });
    const confirmations = at({ node: nodeAt(old.rpcUrl), feed: null, pollMs: 20 });
    await Promise.all(blocks.map((block) => confirmations.confirmed(block, { signal: stop.signal })));
    await old.close();
  });

  test('a node that fails for a while is asked again', async () => {
    const block = await send();
    devnet.faults.set({ kind: 'http_status', status: 503, action: 'block_info', times: 3 });
    await wait(block, { feed: null, pollMs: 5 });
    expect(devnet.faults.list()).toEqual([]);
  });

  test('a node that never learns of the block is not the only one polled', async () => {
    const island = await startProxy(devnet);
    island.set({ kind: 'twist', twist: (answer) => ({ ...answer, confirmed: 'false' }) });
    const block = await send();
    await wait(block, { node: nodeAt(island.rpcUrl, devnet.rpcUrl), feed: null, pollMs: 5 });
    expect(await isConfirmed(block)).toBe(true);
    await island.close();
  });

  test('a wait for a block that is never confirmed ends with the signal', async () => {
    devnet.faults.set({ kind: 'never_confirm' });
    const waiting = wait(await send(), { pollMs: 1 });
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(wait(await send())).rejects.toBe(reason);
  });

  test("the feed reports an account's incoming sends and its own blocks from the subscription on", async () => {
    const heard: Confirmation[] = [];
    const subscribed = vi.fn();
    const account = await openAccount(devnet, '500');
    const feed = new ConfirmationFeed({ account: account.address, openSocket, clock: systemClock });
    const listener = {
      onSubscribed: subscribed,
      onConfirmation: (confirmation: Confirmation) => void heard.push(confirmation),
    };
    feed.listen(listener, stop.signal);
    await expect.poll(() => subscribed).toHaveBeenCalledOnce();
    const incoming = hash(await devnet.faucet(account.address, 77n));
    await send();
    await expect.poll(() => heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ hash: incoming, amount: 77n });
  });

  test('all listeners share one connection, which closes with the last of them', async () => {
    const sockets: NodeWebSocket[] = [];
    const feed = feedBy(() => {
      const socket = openSocket();
      sockets.push(socket);
      return socket;
    });
    const watcher = new AbortController();
    feed.listen({ onSubscribed: () => undefined, onConfirmation: () => undefined }, watcher.signal);
    const blocks = await Promise.all(Array.from({ length: 20 }, send));
    await Promise.all(blocks.map((block) => wait(block, { feed })));
    expect(sockets.map(({ readyState }) => readyState)).toEqual([NodeWebSocket.OPEN]);
    watcher.abort();
    await expect.poll(() => sockets.map((one) => one.readyState)).toEqual([NodeWebSocket.CLOSED]);
    await wait(await send(), { feed });
    expect(sockets).toHaveLength(2);
  });
});

describe('at a scripted server', () => {
  let server: WebSocketServer;
  const keys = freshKeys();
  const openSocket = () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
    return new NodeWebSocket(`ws://127.0.0.1:${address.port}`);
  };
  let time = 0;
  const pauses: number[] = [];
  const signals = new Set<AbortSignal>();
  const hurried: Clock = {
    now: () => time,
    pause: (ms, signal) => {
      time += ms;
      pauses.push(ms);
      signals.add(signal);
      return systemClock.pause(0, signal);
    },
  };

  beforeEach(async () => {
    pauses.length = 0;
    signals.clear();
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
  });
  afterEach(async () => {
    stop.abort();
    for (const client of server.clients) client.terminate();
    server.close();
    await once(server, 'close');
  });

  const watch = (
    onSubscribed: () => void,
    clock: Clock,
    onConfirmation = (_: Confirmation): void => undefined,
  ) => {
    const feed = new ConfirmationFeed({ account: keys.address, openSocket, clock });
    feed.listen({ onSubscribed, onConfirmation }, stop.signal);
  };

  test('a connection that ends is replaced, and each subscription is reported', async () => {
    server.on('connection', (socket) => {
      socket.on('message', () => {
        socket.send('{"ack":"subscribe","time":"1"}');
        socket.close();
      });
    });
    const subscribed = vi.fn();
    watch(subscribed, hurried);
    await expect.poll(() => subscribed.mock.calls.length).toBeGreaterThan(2);
  });

  test('the pauses between connections that fail double up to a minute', async () => {
    server.on('connection', (socket) => socket.terminate());
    watch(() => undefined, hurried);
    await expect.poll(() => pauses.length).toBeGreaterThan(8);
    expect(pauses.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
  });

  test('a connection that answers no ping is replaced', async () => {
    let connections = 0;
    server.on('connection', (socket) => {
      connections++;
      socket.once('message', () => socket.send('{"ack":"subscribe"}'));
    });
    watch(() => undefined, hurried);
    await expect.poll(() => connections).toBeGreaterThan(1);
  });

  test('malformed messages and other topics are ignored', async () => {
    const block = hash('AB'.repeat(32));
    const message = { hash: block, account: keys.address, amount: '5' };
    server.on('connection', (socket) => {
      socket.once('message', () => {
        socket.send('{');
        socket.send('{"ack":"subscribe"}');
        socket.send(Buffer.from([1, 2]));
        socket.send(JSON.stringify({ topic: 'vote', message }));
        socket.send(JSON.stringify({ topic: 'confirmation', message: { ...message, hash: 'x' } }));
        socket.send(JSON.stringify({ topic: 'confirmation', message }));
      });
    });
    const heard: Confirmation[] = [];
    watch(
      () => undefined,
      systemClock,
      (confirmation) => heard.push(confirmation),
    );
    await expect.poll(() => heard).toHaveLength(1);
    expect(heard).toEqual([{ hash: block, account: keys.address, amount: 5n }]);
  });

  test('only the confirmation of the block itself ends the wait, and the poll intervals grow', async () => {
    const block = hash('AB'.repeat(32));
    const node = await scriptedNode(() => ({ body: { error: 'Block not found' } }));
    const tell = (socket: { send(text: string): void }, hash: string) =>
      socket.send(JSON.stringify({ topic: 'confirmation', message: { hash, account: keys.address } }));
    const asked = (count: number) => expect.poll(() => node.requests.length).toBeGreaterThan(count);
    server.on('connection', (socket) => {
      socket.once('message', async () => {
        tell(socket, 'CD'.repeat(32));
        await asked(12);
        tell(socket, block);
      });
    });
    const confirmations = new Confirmations({
      node: nodeAt(node.url),
      feed: new ConfirmationFeed({ account: keys.address, openSocket, clock: systemClock }),
      clock: hurried,
      pollMs: 100,
    });
    await confirmations.confirmed(block, { signal: stop.signal });
    expect(pauses.slice(0, 8)).toEqual([100, 150, 225, 337.5, 506.25, 759.375, 800, 800]);
    expect([...signals].map(({ aborted }) => aborted)).toEqual([true]);
    await expect.poll(() => server.clients.size).toBe(0);
    await node.close();
  });
});

test('sockets are opened in turn, and none where there is no URL', () => {
  const opened: string[] = [];
  const open = (url: string): SocketPort => {
    opened.push(url);
    return { send: () => undefined, close: () => undefined, addEventListener: () => undefined };
  };
  const inTurn = socketsInTurn(['ws://a', 'ws://b'], open);
  for (let call = 0; call < 3; call++) inTurn?.();
  expect(opened).toEqual(['ws://a', 'ws://b', 'ws://a']);
  expect(socketsInTurn([], open)).toBeNull();
});

test("a browser's WebSocket conforms to SocketPort", () => {
  expectTypeOf<WebSocket>().toExtend<SocketPort>();
});

test('the system clock pauses, and a pause ends when its signal is aborted', async () => {
  const before = systemClock.now();
  await systemClock.pause(20, stop.signal);
  expect(systemClock.now() - before).toBeGreaterThanOrEqual(19);
  const pausing = systemClock.pause(NEVER_MS, stop.signal);
  const reason = new Error('enough');
  stop.abort(reason);
  await expect(pausing).rejects.toBe(reason);
  await expect(systemClock.pause(0, stop.signal)).rejects.toBe(reason);
});
