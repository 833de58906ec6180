import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { hex64, noWork } from '../../test/devnet/work.ts';
import { BURN_ADDRESS } from './account.ts';
import type { Raw } from './amount.ts';
import { buildSend, hashBlock, type OpenHead, type SignedBlock } from './block.ts';
import { readChainHead } from './chain-head.ts';
import type { NodeClient } from './node-client.ts';
import { hash, nodeAt, openAccount, ready, scriptedNode } from './nodes.fixture.ts';
import { publishBlock } from './publish.ts';
import type { AccountKeys } from './seed.ts';

let devnet: Devnet;
let keys: AccountKeys;
let node: NodeClient;
let head: OpenHead;
let block: SignedBlock;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 1 });
  keys = await openAccount(devnet, '1000000');
});
afterAll(() => devnet?.close());
beforeEach(async () => {
  devnet.faults.clear();
  node = nodeAt(devnet.rpcUrl);
  const read = await readChainHead(node, keys.address);
  if (read.kind !== 'open') throw new Error('opened above');
  head = read;
  block = await send(1n);
});

const send = (amount: bigint) =>
  ready(buildSend(head, { to: BURN_ADDRESS, amount: amount as Raw }), head, keys);
const onLedger = { kind: expect.stringMatching(/^(taken|known)$/) };
const isKnown = async () => (await node.blockInfo(hashBlock(block))) !== null;

test('publishing a block repeatedly puts it on the ledger once', async () => {
  const count = () => devnet.ledger.chain(devnet.ledger.find(head.hash).block.account).length;
  const before = count();
  expect(await publishBlock(node, block, 'send')).toEqual({ kind: 'taken' });
  await devnet.confirmed(hashBlock(block));
  expect(await publishBlock(node, block, 'send')).toEqual({ kind: 'known', confirmed: true });
  expect(count()).toBe(before + 1);
});

test('a lost reply after the block was accepted does not matter', async () => {
  devnet.faults.set({ kind: 'drop_reply_after_accepting', action: 'process' });
  expect(await publishBlock(node, block, 'send')).toMatchObject(onLedger);
});

test.each(['process_other_hash', 'truncated_json'] as const)(
  'after the answer %s, the node is asked whether it has the block',
  async (kind) => {
    devnet.faults.set({ kind, action: 'process' });
    expect(await publishBlock(node, block, 'send')).toMatchObject(onLedger);
  },
);

test('an unreachable node leaves the outcome unknown, and publishing again settles it', async () => {
  devnet.faults.set({ kind: 'http_status', status: 503 });
  expect(await publishBlock(node, block, 'send')).toEqual({ kind: 'unknown' });
  devnet.faults.clear();
  expect(await isKnown()).toBe(false);
  expect(await publishBlock(node, block, 'send')).toMatchObject(onLedger);
});

test.each(['drop_request', 'http_status'] as const)(
  'a request that is lost once, because of %s, is sent again',
  async (kind) => {
    devnet.faults.set({ kind, status: 502, action: 'process', times: 1 });
    expect(await publishBlock(node, block, 'send')).toMatchObject(onLedger);
  },
);

test('a node that accepts the block and then stops answering leaves the outcome unknown', async () => {
  devnet.faults.set({ kind: 'drop_reply_after_accepting', action: 'process' });
  devnet.faults.set({ kind: 'http_status', status: 503, action: 'block_info' });
  expect(await publishBlock(node, block, 'send')).toEqual({ kind: 'unknown' });
  devnet.faults.clear();
  expect(await isKnown()).toBe(true);
});

test('another block in the same place is a fork', async () => {
  await publishBlock(node, block, 'send');
  expect(await publishBlock(node, await send(2n), 'send')).toEqual({ kind: 'forked' });
});

test('a node that lacks the block below reports a gap', async () => {
  const above: OpenHead = { ...head, hash: hashBlock(block), balance: block.balance };
  const next = await ready(buildSend(above, { to: BURN_ADDRESS, amount: 1n as Raw }), above, keys);
  expect(await publishBlock(node, next, 'send')).toEqual({ kind: 'gap', lacks: 'previous' });
});

test("a refusal carries the node's error text", async () => {
  const lazy = { ...block, work: hex64(noWork(block.previous, devnet.ledger.thresholds.receive)) };
  await expect(publishBlock(node, lazy, 'send')).rejects.toMatchObject({
    key: 'fault_nodeRefused',
    args: [expect.stringContaining('work')],
  });
});

test('"Old block" from a node that then does not know the block leaves the outcome unknown', async () => {
  const forgetful = await scriptedNode(({ action }) => ({
    body: { error: action === 'process' ? 'Old block' : 'Block not found' },
  }));
  expect(await publishBlock(nodeAt(forgetful.url), block, 'send')).toEqual({ kind: 'unknown' });
  expect(forgetful.requests.map(({ action, hash }) => [action, hash])).toEqual([
    ['process', undefined],
    ['block_info', hash(hashBlock(block))],
  ]);
  await forgetful.close();
});
