import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { addressOf } from './account.ts';
import { ZERO } from './amount.ts';
import { buildChange, hashBlock, type SignedBlock, signBlock, toRpc, ZERO_HASH } from './block.ts';
import { NodeClient } from './node-client.ts';
import {
  freshKeys,
  hash,
  nodeAt,
  type Reply,
  type Request,
  type ScriptedNode,
  scriptedNode,
} from './nodes.fixture.ts';

const open: ScriptedNode[] = [];
afterEach(() => Promise.all(open.splice(0).map((node) => node.close())));

async function node(script: (request: Request) => Reply | Promise<Reply>): Promise<ScriptedNode> {
  const started = await scriptedNode(script);
  open.push(started);
  return started;
}

const keys = freshKeys();
const block = aBlock();
const FRONTIER = hash('AB'.repeat(32));
const info = { frontier: FRONTIER.toLowerCase(), open_block: FRONTIER, balance: '7' };
const told = { frontier: FRONTIER, openBlock: FRONTIER, balance: 7n };
/** Longer than any test (ms). */
const NEVER_MS = 1e9;
const good = () => ({ body: info });

describe('several endpoints', () => {
  const failures: readonly [string, (request: Request) => Reply | Promise<Reply>][] = [
    ['HTTP 500', () => ({ status: 500, body: info })],
    ['HTTP 429', () => ({ status: 429, body: { error: 'slow down' } })],
    ['a web page', () => ({ body: '<html>' })],
    ['half a JSON', () => ({ body: JSON.stringify(info).slice(0, -9) })],
    ['no body', () => ({ body: '' })],
    ['another shape', () => ({ body: { frontier: FRONTIER } })],
    ['a number for an amount', () => ({ body: { ...info, balance: 7 } })],
    ['JSON null', () => ({ body: 'null' })],
    ['bytes that are no UTF-8', () => ({ body: Buffer.from([0x22, 0xff, 0x22]).toString('latin1') })],
    [
      'a body above the size limit',
      () => ({ body: JSON.stringify({ ...info, padding: ' '.repeat(5 << 20) }) }),
    ],
    ['a refusal that concerns the endpoint', () => ({ body: { error: 'Action is not supported' } })],
    ['no answer in time', () => setTimeout(NEVER_MS, { body: info }, { ref: false })],
  ];

  test.each(failures)('%s: the next endpoint is asked', async (_case, script) => {
    const [bad, fine] = [await node(script), await node(good)];
    const client = NodeClient.at({ rpcUrls: [bad.url, fine.url], fetch, timeoutMs: 10_000, now: Date.now });
    expect(await client.accountInfo(keys.address)).toEqual(told);
    expect(fine.requests).toHaveLength(1);
  });

  test('a refused connection and a redirect count as failures', async () => {
    const gone = await scriptedNode(good);
    await gone.close();
    const fine = await node(good);
    expect(await nodeAt(gone.url, fine.url).accountInfo(keys.address)).toEqual(told);
    const redirecting: typeof fetch = async (url, init) =>
      String(url).startsWith('http://first') && init?.redirect !== 'error'
        ? Response.json({ balance: '1' })
        : fetch(fine.url, init);
    const client = NodeClient.at({
      rpcUrls: ['http://first.test/'],
      fetch: redirecting,
      timeoutMs: 10_000,
      now: Date.now,
    });
    expect(await client.accountInfo(keys.address)).toEqual(told);
  });

  test('the endpoint that answered is asked first from then on', async () => {
    let down = true;
    const first = await node(() => (down ? { status: 503, body: '' } : { body: info }));
    const second = await node(good);
    const client = nodeAt(first.url, second.url);
    await client.accountInfo(keys.address);
    down = false;
    await client.accountInfo(keys.address);
    expect([first.requests.length, second.requests.length]).toEqual([1, 2]);
  });

  test('when all fail, the fault tells unreachable nodes from malformed answers', async () => {
    const down = await node(() => ({ status: 502, body: '' }));
    const silly = await node(() => ({ body: { frontier: 1 } }));
    const ask = (...urls: string[]) => nodeAt(...urls).accountInfo(keys.address);
    await expect(ask(down.url)).rejects.toMatchObject({ key: 'fault_nodeUnreachable' });
    await expect(ask(down.url, silly.url)).rejects.toMatchObject({ key: 'fault_nodeUnreachable' });
    await expect(ask(silly.url, silly.url)).rejects.toMatchObject({ key: 'fault_nodeNonsense' });
  });

  test('a thing that one does not know is asked of the others, and is null when none has it', async () => {
    const behind = await node(() => ({ body: { error: 'Account not found' } }));
    const fine = await node(good);
    expect(await nodeAt(behind.url, fine.url).accountInfo(keys.address)).toEqual(told);
    expect(await nodeAt(behind.url, behind.url).accountInfo(keys.address)).toBeNull();
    const down = await node(() => ({ status: 500, body: '' }));
    expect(await nodeAt(down.url, behind.url).accountInfo(keys.address)).toBeNull();
  });

  test('a final refusal is not retried at another node', async () => {
    const refusing = await node(() => ({ body: { error: 'Bad \u202eaccount\n number' } }));
    const fine = await node(good);
    await expect(nodeAt(refusing.url, fine.url).accountInfo(keys.address)).rejects.toMatchObject({
      key: 'fault_nodeRefused',
      args: ['Bad account number'],
    });
    expect(fine.requests).toEqual([]);
  });

  describe('one that asks for fewer requests', () => {
    const busy = (headers: Record<string, string>, status = 429) => {
      let asked = 0;
      let now = 1_000_000;
      const client = NodeClient.at({
        rpcUrls: ['http://busy.test/'],
        fetch: async () => (asked++ === 0 ? new Response('', { status, headers }) : Response.json(info)),
        timeoutMs: 10_000,
        now: () => now,
      });
      const at = async (ms: number) => {
        now = 1_000_000 + ms;
        return client.accountInfo(keys.address).then(
          () => 'asked',
          (failure) => failure.key,
        );
      };
      return { at, asked: () => asked };
    };

    test.each([
      ['for as long as Retry-After says', { 'Retry-After': '7' }, 429, 7_000],
      ['also after an HTTP 503', { 'Retry-After': '7' }, 503, 7_000],
      ['for two seconds without Retry-After', {}, 429, 2_000],
      [
        'for two seconds when Retry-After is a date',
        { 'Retry-After': 'Fri, 31 Dec 1999 23:59:59 GMT' },
        429,
        2_000,
      ],
      ['for a minute at most', { 'Retry-After': '86400' }, 429, 60_000],
    ])('is not asked %s', async (_, headers, status, ms) => {
      const { at, asked } = busy(headers, status);
      expect(await at(0)).toBe('fault_nodeBusy');
      expect(await at(ms - 1)).toBe('fault_nodeBusy');
      expect(asked()).toBe(1);
      expect(await at(ms)).toBe('asked');
    });

    test('is asked again at once after another failure', async () => {
      const { at } = busy({}, 503);
      expect(await at(0)).toBe('fault_nodeUnreachable');
      expect(await at(0)).toBe('asked');
    });

    test('is not asked while another one answers', async () => {
      const first = await node(() => ({ status: 429, body: '' }));
      const second = await node(() => ({ status: 500, body: '' }));
      const fine = await node(good);
      const client = nodeAt(first.url, second.url, fine.url);
      await client.accountInfo(keys.address);
      await client.process(block, 'change').catch(() => undefined);
      expect([first.requests.length, second.requests.length, fine.requests.length]).toEqual([1, 2, 2]);
    });
  });

  test('are asked without cookies, referrer and cache, and their redirects are errors', async () => {
    const sent: (RequestInit | undefined)[] = [];
    const recording: typeof globalThis.fetch = async (_url, init) => {
      sent.push(init);
      return Response.json(info);
    };
    const client = NodeClient.at({
      rpcUrls: ['http://node.test/'],
      fetch: recording,
      timeoutMs: 10_000,
      now: Date.now,
    });
    await client.accountInfo(keys.address);
    expect(sent).toMatchObject([
      { credentials: 'omit', redirect: 'error', cache: 'no-store', referrerPolicy: 'no-referrer' },
    ]);
  });

  describe('an answer', () => {
    const MOST_BYTES = 4 * 1024 * 1024;
    /** A node with an answer of the given size, and how much of it was read. */
    const answering = (bytes: number) => {
      const json = new TextEncoder().encode(JSON.stringify(info));
      const read = { bytes: 0, cancelled: false };
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            const chunk = new Uint8Array(Math.min(1 << 16, bytes - read.bytes)).fill(0x20);
            if (read.bytes === 0) chunk.set(json);
            read.bytes += chunk.length;
            controller.enqueue(chunk);
            if (read.bytes === bytes) controller.close();
          },
          cancel() {
            read.cancelled = true;
          },
        },
        { highWaterMark: 0 },
      );
      const client = NodeClient.at({
        rpcUrls: ['http://node.test/'],
        fetch: async () => new Response(body),
        timeoutMs: 10_000,
        now: Date.now,
      });
      return { read, ask: () => client.accountInfo(keys.address) };
    };

    test('of 4 MiB is read whole', async () => {
      const { ask, read } = answering(MOST_BYTES);
      expect(await ask()).toEqual(told);
      expect(read).toEqual({ bytes: MOST_BYTES, cancelled: false });
    });

    test.each([
      ['of 4 MiB and a byte', MOST_BYTES + 1],
      ['of 64 MiB', 64 * 1024 * 1024],
    ])('%s is fault_nodeNonsense, and reading stops at the chunk that passes the limit', async (_, bytes) => {
      const { ask, read } = answering(bytes);
      await expect(ask()).rejects.toMatchObject({ key: 'fault_nodeNonsense' });
      expect(read.bytes).toBeLessThanOrEqual(MOST_BYTES + (1 << 16));
      expect(read.cancelled || read.bytes === bytes).toBe(true);
    });
  });

  test('a key in the URL is sent in the body only', async () => {
    const urls: (string | undefined)[] = [];
    const proxy = await scriptedNode((_request, { url }) => {
      urls.push(url);
      return good();
    });
    open.push(proxy);
    await nodeAt(`${proxy.url}proxy?key=s3cret&x=1`).accountInfo(keys.address);
    expect(proxy.requests[0]).toMatchObject({ action: 'account_info', key: 's3cret' });
    expect(urls).toEqual(['/proxy?x=1']);
  });
});

describe('answers', () => {
  const client = async (body: object) => nodeAt((await node(() => ({ body }))).url);

  test('a block or account that the node does not know is null', async () => {
    expect(await (await client({ error: 'Account not found' })).accountInfo(keys.address)).toBeNull();
    expect(await (await client({ error: 'Block not found' })).blockInfo(FRONTIER)).toBeNull();
    expect(await (await client({ error: 'Account not found' })).receivable(keys.address, 5)).toEqual([]);
  });

  const contents = toRpc(block);
  test.each([
    ['an object', contents, 'true', true],
    ['a text', JSON.stringify(contents), true, true],
    ['an object, unconfirmed', contents, 'false', false],
    ['an object, nothing said', contents, undefined, false],
  ])('block_info with its contents as %s', async (_case, contents, confirmed, expected) => {
    const answer = {
      contents,
      confirmed,
      successor: ZERO_HASH,
      amount: '0',
      balance: '1',
      block_account: keys.address,
    };
    expect(await (await client(answer)).blockInfo(FRONTIER)).toEqual({
      contents: { kind: 'state', block },
      account: keys.address,
      confirmed: expected,
      successor: null,
      amount: 0n,
      balance: 1n,
    });
  });

  test('a legacy block is distinguished from a state block', async () => {
    const legacy = { type: 'change', previous: FRONTIER, representative: keys.address };
    const found = await (await client({ contents: legacy, successor: FRONTIER })).blockInfo(FRONTIER);
    expect(found).toMatchObject({ contents: { kind: 'legacy', block: legacy }, successor: FRONTIER });
  });

  test('blocks_info returns the blocks that the node has', async () => {
    const known = await client({ blocks: { [FRONTIER]: { contents } }, blocks_not_found: [ZERO_HASH] });
    const blocks = await known.blocksInfo([FRONTIER, ZERO_HASH]);
    expect([...blocks.keys()]).toEqual([FRONTIER]);
    expect((await (await client({ blocks: '' })).blocksInfo([FRONTIER])).size).toBe(0);
  });

  const other = hash('CD'.repeat(32));
  test.each([
    ['nothing', '', []],
    ['an empty list', [], []],
    [
      'hashes',
      [FRONTIER, other],
      [
        [FRONTIER, null, null],
        [other, null, null],
      ],
    ],
    [
      'amounts',
      { [FRONTIER]: '5', [other.toLowerCase()]: '6' },
      [
        [other, 6n, null],
        [FRONTIER, 5n, null],
      ],
    ],
    [
      'amounts and sources',
      { [FRONTIER]: { amount: '5', source: keys.address } },
      [[FRONTIER, 5n, keys.address]],
    ],
  ])('receivable is read from %s', async (_case, blocks, expected) => {
    const entries = await (await client({ blocks })).receivable(keys.address, 10);
    expect(entries.map(({ hash, amount, source }) => [hash, amount, source])).toEqual(expected);
  });

  test('receivable keeps the largest entries when a node returns more than the count', async () => {
    const blocks = Object.fromEntries(
      Array.from({ length: 55_000 }, (_, index) => [index.toString(16).padStart(64, '0'), `${index + 1}`]),
    );
    const entries = await (await client({ blocks })).receivable(keys.address, 3);
    expect(entries.map(({ amount }) => amount)).toEqual([55_000n, 54_999n, 54_998n]);
  });

  test('receivable reads what it can: a malformed entry hides no other', async () => {
    const readable = async (blocks: unknown) =>
      (await (await client({ blocks })).receivable(keys.address, 10)).map(({ hash, amount }) => [
        hash,
        amount,
      ]);
    expect(await readable([FRONTIER, 1, 'AB'])).toEqual([[FRONTIER, null]]);
    const most = (2n ** 128n - 1n).toString();
    expect(await readable({ [FRONTIER]: '-5', x: '5', [other]: { amount: most } })).toEqual([
      [other, 2n ** 128n - 1n],
      [FRONTIER, null],
    ]);
    expect(await readable({ [FRONTIER]: (2n ** 128n).toString(), [other]: '7' })).toEqual([
      [other, 7n],
      [FRONTIER, null],
    ]);
  });

  test('receivable of another shape is fault_nodeNonsense', async () => {
    for (const blocks of [undefined, 1, [1], { x: '5' }]) {
      const asked = (await client({ blocks })).receivable(keys.address, 10);
      await expect(asked).rejects.toMatchObject({ key: 'fault_nodeNonsense' });
    }
  });
});

describe('process', () => {
  test.each([
    ['Old block', { kind: 'old' }],
    ['Fork', { kind: 'fork' }],
    ['Gap previous block', { kind: 'gap', lacks: 'previous' }],
    ['Gap source block', { kind: 'gap', lacks: 'source' }],
    ['Block work is insufficient', { kind: 'refused', text: 'Block work is insufficient' }],
  ])('reads the refusal "%s"', async (error, expected) => {
    const refusing = await node(() => ({ body: { error } }));
    expect(await nodeAt(refusing.url).process(block, 'change')).toEqual(expected);
    expect(refusing.requests).toEqual([
      { action: 'process', json_block: 'true', subtype: 'change', block: toRpc(block) },
    ]);
  });

  test('an answer with another hash than that of the block is refused', async () => {
    const honest = await node(() => ({ body: { hash: hashBlock(block).toLowerCase() } }));
    expect(await nodeAt(honest.url).process(block, 'change')).toEqual({
      kind: 'accepted',
      hash: hashBlock(block),
    });
    const liar = await node(() => ({ body: { hash: FRONTIER } }));
    await expect(nodeAt(liar.url).process(block, 'change')).rejects.toMatchObject({
      key: 'fault_headUnproven',
    });
  });
});

describe('process at several nodes', () => {
  const says = (error: string) => node(() => ({ body: { error } }));
  const takes = () => node(() => ({ body: { hash: hashBlock(block) } }));
  const swallows = () => node(() => setTimeout(NEVER_MS, { body: {} }, { ref: false }));
  const at = (...nodes: readonly ScriptedNode[]) => nodeAt(...nodes.map(({ url }) => url));

  test('sends the block to each and waits for the first that accepts it', async () => {
    const nodes = [await swallows(), await says('Fork'), await takes()];
    expect(await at(...nodes).process(block, 'change')).toMatchObject({ kind: 'accepted' });
    expect(nodes.map(({ requests }) => requests.length)).toEqual([1, 1, 1]);
  });

  test.each([
    [['Gap previous block', 'Fork'], 'fork'],
    [['Old block', 'Gap previous block'], 'gap'],
    [['Gap previous block', 'Bad signature'], 'refused'],
    [['Action is disabled', 'Old block'], 'old'],
    [['Action is disabled', 'Action is disabled'], 'refused'],
  ])('of the refusals %j, the result is the one that says most of the ledger: %s', async (words, kind) => {
    const nodes = await Promise.all(words.map(says));
    expect(await at(...nodes).process(block, 'change')).toMatchObject({ kind });
  });

  test('a node that lies and nodes that are unreachable do not change the result', async () => {
    const liar = await node(() => ({ body: { hash: FRONTIER } }));
    const down = await node(() => ({ status: 502, body: '' }));
    expect(await at(liar, down, await takes()).process(block, 'change')).toMatchObject({ kind: 'accepted' });
    await expect(at(down, down).process(block, 'change')).rejects.toThrow('fault_nodeUnreachable');
  });
});

function aBlock(): SignedBlock {
  const representative = addressOf(keys.publicKey);
  const head = {
    kind: 'open',
    account: keys.address,
    hash: ZERO_HASH,
    balance: ZERO,
    representative,
    confirmed: true,
  };
  const change = buildChange({ ...head, kind: 'open' }, representative);
  return { ...signBlock(change, keys.privateKey), work: '0123456789abcdef' };
}
