import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toAddress } from '../../test/devnet/address.ts';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { addressOf, type NanoAddress, type PublicKey, publicKeyOf } from './account.ts';
import { MAX_SUPPLY, type Raw } from './amount.ts';
import {
  type BlockHash,
  hashBlock,
  type SignedBlock,
  type StateBlock,
  signBlock,
  toRpc,
  ZERO_HASH,
} from './block.ts';
import { hashLegacyBlock } from './legacy-block.ts';
import type { LegacyBlock } from './node-answers.ts';
import { freshKeys, hash, nodeAt, scriptedNode } from './nodes.fixture.ts';
import { verifySource } from './receivable.ts';
import type { AccountKeys } from './seed.ts';

const unproven = expect.objectContaining({ key: 'fault_sourceUnproven' });

describe('on a devnet', () => {
  let devnet: Devnet;
  const keys = freshKeys();
  let source: BlockHash;
  const verify = (account: NanoAddress = keys.address) =>
    verifySource(nodeAt(devnet.rpcUrl), account, source, MAX_SUPPLY);

  beforeAll(async () => {
    devnet = await startDevnet({ confirmationDelayMs: 1 });
    source = hash(await devnet.faucet(keys.address, 12345n));
    await devnet.confirmed(source);
  });
  beforeEach(() => devnet.faults.clear());
  afterAll(() => devnet?.close());

  test("the amount of a send is what its sender's balance lost", async () => {
    expect(await verify()).toMatchObject({ hash: source, amount: 12345n });
    const [entry] = await nodeAt(devnet.rpcUrl).receivable(keys.address, 10);
    expect(entry).toEqual({ hash: source, amount: 12345n, source: toAddress(devnet.ledger.genesis) });
  });

  test('the amount that the list of receivables claims is ignored', async () => {
    devnet.faults.set({ kind: 'lie_receivable_amount', absolute: '99999999' });
    const [entry] = await nodeAt(devnet.rpcUrl).receivable(keys.address, 10);
    expect(entry?.amount).toBe(99999999n);
    expect(await verify()).toMatchObject({ amount: 12345n });
  });

  test('a false balance inside a block is refused', async () => {
    devnet.faults.set({ kind: 'lie_balance', contents: true, offset: '-5' });
    await expect(verify()).rejects.toThrow(unproven);
  });

  test('a send to another account, and one that is not confirmed, are refused', async () => {
    await expect(verify(freshKeys().address)).rejects.toThrow(unproven);
    devnet.faults.set({ kind: 'never_confirm' });
    const waiting = hash(await devnet.faucet(keys.address, 1n));
    await expect(verifySource(nodeAt(devnet.rpcUrl), keys.address, waiting, MAX_SUPPLY)).rejects.toThrow(
      unproven,
    );
  });
});

describe('at a node that invents blocks', () => {
  const keys = freshKeys();
  const sender = freshKeys();

  const below: StateBlock = {
    account: sender.address,
    previous: ZERO_HASH,
    representative: sender.address,
    balance: 100n as Raw,
    link: 'AB'.repeat(32),
  };
  const send: StateBlock = {
    ...below,
    previous: hashBlock(below),
    balance: 60n as Raw,
    link: keys.publicKey,
  };
  const by = (signer: AccountKeys, block: StateBlock): SignedBlock => ({
    ...signBlock(block, signer.privateKey),
    work: '0'.repeat(16),
  });

  async function verify(blocks: Readonly<Record<string, object>>, source: BlockHash, most = MAX_SUPPLY) {
    const node = await scriptedNode(({ hash }) => ({
      body: blocks[String(hash)] ?? { error: 'Block not found' },
    }));
    try {
      return await verifySource(nodeAt(node.url), keys.address, source, most);
    } finally {
      await node.close();
    }
  }
  const shown = (block: SignedBlock) => ({ contents: toRpc(block), confirmed: 'true', balance: '999999' });
  const ledger = (...blocks: SignedBlock[]) =>
    Object.fromEntries(blocks.map((block) => [hashBlock(block), shown(block)]));

  test('the amount is the difference of the two blocks', async () => {
    const blocks = ledger(by(sender, below), by(sender, send));
    expect(await verify(blocks, hashBlock(send))).toEqual({
      hash: hashBlock(send),
      amount: 40n,
      from: sender.address,
    });
  });

  test('another send of the same sender under the requested hash is refused', async () => {
    const larger = by(sender, { ...send, balance: 1n as Raw });
    const blocks = { ...ledger(by(sender, below)), [hashBlock(send)]: shown(larger) };
    await expect(verify(blocks, hashBlock(send))).rejects.toThrow(unproven);
  });

  test('a send that its sender did not sign is refused', async () => {
    await expect(verify(ledger(by(sender, below), by(keys, send)), hashBlock(send))).rejects.toThrow(
      unproven,
    );
  });

  test('the block below must exist, have the hash that is named, and be of the same account', async () => {
    await expect(verify(ledger(by(sender, send)), hashBlock(send))).rejects.toThrow(unproven);
    const richer = shown(by(sender, { ...below, balance: 1000n as Raw }));
    const swapped = { ...ledger(by(sender, send)), [hashBlock(below)]: richer };
    await expect(verify(swapped, hashBlock(send))).rejects.toThrow(unproven);
    const foreign = { ...below, account: keys.address };
    const onForeign = { ...send, previous: hashBlock(foreign) };
    await expect(
      verify(ledger(by(keys, foreign), by(sender, onForeign)), hashBlock(onForeign)),
    ).rejects.toThrow(unproven);
  });

  test.each([
    ['adds money', { balance: 101n as Raw }],
    ['moves nothing', { balance: 100n as Raw }],
    ['is the first of its account', { previous: ZERO_HASH }],
  ])('a block that %s is no send', async (_case, change) => {
    const block = { ...send, ...change };
    await expect(verify(ledger(by(sender, below), by(sender, block)), hashBlock(block))).rejects.toThrow(
      unproven,
    );
  });

  const legacySend: LegacyBlock = {
    type: 'send',
    previous: hash('CD'.repeat(32)),
    destination: keys.address,
    balance: 100n.toString(16).padStart(32, '0'),
  };

  test.each<[string, LegacyBlock, string, bigint]>([
    ['its own balance', legacySend, '999999', 40n],
    ['what the node says', { type: 'receive', previous: ZERO_HASH, source: ZERO_HASH }, '100', 40n],
  ])('the balance of a legacy block below the send is %s', async (_case, block, balance, amount) => {
    const onLegacy = { ...send, previous: hashLegacyBlock(block) };
    const blocks = {
      ...ledger(by(sender, onLegacy)),
      [hashLegacyBlock(block)]: { contents: { ...block, signature: '', work: '' }, balance },
    };
    const source = await verify(blocks, hashBlock(onLegacy));
    expect(source.amount).toBe(amount);
    const other = {
      ...blocks,
      [hashLegacyBlock(block)]: { contents: { ...legacySend, previous: ZERO_HASH }, balance },
    };
    await expect(verify(other, hashBlock(onLegacy))).rejects.toThrow(unproven);
  });

  test('a legacy source is refused and stays receivable', async () => {
    const blocks = {
      [hashLegacyBlock(legacySend)]: { contents: legacySend, confirmed: 'true', balance: '100' },
    };
    await expect(verify(blocks, hashLegacyBlock(legacySend))).rejects.toThrow(unproven);
  });
});

test('the hash of the live genesis block is computed correctly', () => {
  const key = 'E89208DD038FBB269987689621D52292AE9C35941A7484756ECCED92A65093BA' as PublicKey;
  const account = addressOf(key);
  expect(publicKeyOf(account)).toBe(key);
  expect(hashLegacyBlock({ type: 'open', source: hash(key), representative: account, account })).toBe(
    '991CF190094C00F0B68E2E5F75F6BEE95A2E0BD93CEAA4A6734DB9F19B728948',
  );
});
