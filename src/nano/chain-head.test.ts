import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { BURN_ADDRESS } from './account.ts';
import { type Raw, ZERO } from './amount.ts';
import {
  buildSend,
  hashBlock,
  type SignedBlock,
  type StateBlock,
  signBlock,
  toRpc,
  ZERO_HASH,
} from './block.ts';
import { readChainHead } from './chain-head.ts';
import { DEVNET } from './network.ts';
import { freshKeys, nodeAt, openAccount, type Request, ready, scriptedNode } from './nodes.fixture.ts';
import type { AccountKeys } from './seed.ts';

const BALANCE = '5000000000000000000000000000000';
const unproven = expect.objectContaining({ key: 'fault_headUnproven' });

describe('on a devnet', () => {
  let devnet: Devnet;
  let keys: AccountKeys;
  const head = () => readChainHead(nodeAt(devnet.rpcUrl), keys.address);

  beforeAll(async () => {
    devnet = await startDevnet({ confirmationDelayMs: 1 });
    keys = await openAccount(devnet, BALANCE);
  });
  beforeEach(() => devnet.faults.clear());
  afterAll(() => devnet?.close());

  test('the head is the frontier, with the balance that the block states', async () => {
    expect(await head()).toMatchObject({
      kind: 'open',
      account: keys.address,
      balance: BigInt(BALANCE),
      representative: DEVNET.representative,
      confirmed: true,
    });
    const { address } = freshKeys();
    expect(await readChainHead(nodeAt(devnet.rpcUrl), address)).toEqual({
      kind: 'unopened',
      account: address,
    });
  });

  test('a false balance in account_info changes nothing', async () => {
    devnet.faults.set({ kind: 'lie_balance', offset: '1000' });
    expect(await head()).toMatchObject({ balance: BigInt(BALANCE) });
  });

  test.each(['1000', '-1000'])('a block whose balance is off by %s raw is refused', async (offset) => {
    devnet.faults.set({ kind: 'lie_balance', contents: true, offset });
    await expect(head()).rejects.toThrow(unproven);
  });

  test("another account's frontier is refused", async () => {
    const rich = await openAccount(devnet, `9${BALANCE}`);
    devnet.faults.set({ kind: 'foreign_frontier', of: rich.address });
    await expect(head()).rejects.toThrow(unproven);
  });

  test('a stale frontier gives an older block of the account, with the balance of that block', async () => {
    const node = nodeAt(devnet.rpcUrl);
    const before = await head();
    if (before.kind !== 'open') throw new Error('opened above');
    const block = await ready(buildSend(before, { to: BURN_ADDRESS, amount: 1n as Raw }), before, keys);
    await node.process(block, 'send');
    expect(await head()).toMatchObject({ hash: hashBlock(block), balance: before.balance - 1n });
    devnet.faults.set({ kind: 'stale_frontier' });
    const stale = await head();
    expect(stale).toMatchObject({ hash: before.hash, balance: before.balance });
    if (stale.kind !== 'open') throw new Error('opened above');
    const twice = await ready(buildSend(stale, { to: BURN_ADDRESS, amount: 2n as Raw }), stale, keys);
    expect(await node.process(twice, 'send')).toEqual({ kind: 'fork' });
  });
});

describe('at a node that invents blocks', () => {
  const keys = freshKeys();
  const stranger = freshKeys();
  const EPOCH_1 = Buffer.from('epoch v1 block').toString('hex').padEnd(64, '0').toUpperCase();
  const EPOCH_2 = Buffer.from('epoch v2 block').toString('hex').padEnd(64, '0').toUpperCase();

  const own: StateBlock = {
    account: keys.address,
    previous: ZERO_HASH,
    representative: stranger.address,
    balance: 1000n as Raw,
    link: 'AB'.repeat(32),
  };
  const on = (below: StateBlock, change: Partial<StateBlock>): StateBlock => ({
    ...below,
    previous: hashBlock(below),
    link: EPOCH_1,
    ...change,
  });
  const by = (signer: AccountKeys, block: StateBlock): SignedBlock => ({
    ...signBlock(block, signer.privateKey),
    work: '0'.repeat(16),
  });

  /** A node with these blocks, the last as the frontier. `as` shows one under another hash. */
  async function headOf(blocks: readonly SignedBlock[], as: (block: SignedBlock) => string = hashBlock) {
    const answer = ({ action, hash }: Request): object => {
      const frontier = blocks.at(-1);
      if (frontier === undefined) return { error: 'Account not found' };
      if (action === 'account_info') return { frontier: as(frontier), balance: '123456789' };
      const found = blocks.find((block) => as(block) === hash);
      return found ? { contents: toRpc(found), confirmed: 'true' } : { error: 'Block not found' };
    };
    const node = await scriptedNode((request) => ({ body: answer(request) }));
    try {
      return await readChainHead(nodeAt(node.url), keys.address);
    } finally {
      await node.close();
    }
  }

  const first = by(keys, own);

  test("a block of the account's own key is accepted", async () => {
    expect(await headOf([first])).toMatchObject({ hash: hashBlock(own), balance: 1000n });
  });

  test('a block of the account by another key, or under a false hash, is refused', async () => {
    await expect(headOf([by(stranger, own)])).rejects.toThrow(unproven);
    await expect(headOf([first], () => 'CD'.repeat(32))).rejects.toThrow(unproven);
  });

  test('a frontier whose block the node lacks is refused', async () => {
    const node = await scriptedNode(({ action }) => ({
      body: action === 'account_info' ? { frontier: ZERO_HASH, balance: '1' } : { error: 'Block not found' },
    }));
    await expect(readChainHead(nodeAt(node.url), keys.address)).rejects.toThrow(unproven);
    await node.close();
  });

  test("one or two epoch blocks directly above a block of the account's key are accepted", async () => {
    const epoch1 = by(stranger, on(own, {}));
    const epoch2 = by(stranger, on(epoch1, { link: EPOCH_2 }));
    expect(await headOf([first, epoch1])).toMatchObject({ hash: hashBlock(epoch1), balance: 1000n });
    expect(await headOf([first, epoch1, epoch2])).toMatchObject({ hash: hashBlock(epoch2), balance: 1000n });
  });

  test.each([
    ['more money', { balance: 1001n as Raw }],
    ['less money', { balance: 999n as Raw }],
    ['another representative', { representative: keys.address }],
    ['a link that is no epoch', { link: 'CD'.repeat(32) }],
  ])('an epoch block with %s is refused', async (_case, change) => {
    await expect(headOf([first, by(stranger, on(own, change))])).rejects.toThrow(unproven);
  });

  test("an epoch block above no block of the account's key is refused", async () => {
    const foreign = by(stranger, own);
    await expect(headOf([foreign, by(stranger, on(own, {}))])).rejects.toThrow(unproven);
    await expect(headOf([by(stranger, on(own, {}))])).rejects.toThrow(unproven);
    const tower = [first];
    for (const top of tower) {
      if (tower.length < 5) tower.push(by(stranger, on(top, {})));
    }
    await expect(headOf(tower)).rejects.toThrow(unproven);
  });

  test('an epoch block may open an account with a balance of zero only', async () => {
    const opened = { ...own, link: EPOCH_2, balance: ZERO, representative: BURN_ADDRESS };
    expect(await headOf([by(stranger, opened)])).toMatchObject({ kind: 'open', balance: 0n });
    await expect(headOf([by(stranger, { ...opened, balance: 1n as Raw })])).rejects.toThrow(unproven);
  });

  test('a legacy head is a fault of its own', async () => {
    const contents = { type: 'change', previous: ZERO_HASH, representative: keys.address };
    const node = await scriptedNode(({ action }) => ({
      body: action === 'account_info' ? { frontier: ZERO_HASH, balance: '1' } : { contents },
    }));
    const head = readChainHead(nodeAt(node.url), keys.address);
    await expect(head).rejects.toMatchObject({ key: 'fault_legacyHead' });
    await node.close();
  });
});
