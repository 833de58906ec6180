import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import {
  type BlockHash,
  type ChainHead,
  hashBlock,
  type SignedBlock,
  type StateBlock,
  signBlock,
  toRpc,
  ZERO_HASH,
} from '../nano/block.ts';
import { freshKeys, nodeAt, type ScriptedNode, scriptedNode } from '../nano/nodes.fixture.ts';
import { Branches } from './branch.ts';
import type { OwnBlock } from './own-block.ts';

const keys = freshKeys();
const stranger = freshKeys();
/** The blocks that the node shows, and those that this wallet signed. */
const shown = new Map<BlockHash, SignedBlock>();
const signed = new Map<BlockHash, OwnBlock>();
let node: ScriptedNode;

beforeAll(async () => {
  node = await scriptedNode(({ hash }) => {
    const block = shown.get(hash as BlockHash);
    return { body: block ? { contents: toRpc(block), confirmed: 'false' } : { error: 'Block not found' } };
  });
});
afterAll(() => node?.close());
beforeEach(() => {
  shown.clear();
  signed.clear();
});

let count = 0n;
/** A block of another wallet with the same key, on a previous block. */
function foreign(previous: BlockHash, signer = keys): BlockHash {
  count += 1n;
  const block: StateBlock = {
    account: keys.address,
    previous,
    representative: stranger.address,
    balance: count as Raw,
    link: 'AB'.repeat(32),
  };
  const hash = hashBlock(block);
  shown.set(hash, { ...signBlock(block, signer.privateKey), work: '0'.repeat(16) });
  return hash;
}
/** A block that this wallet signed, on a previous block. */
function own(previous: BlockHash, excludes?: BlockHash): BlockHash {
  const hash = foreign(previous);
  const block = shown.get(hash);
  if (block === undefined) throw new Error('made before');
  const { account } = block;
  signed.set(hash, {
    ...{ network: 'nano:devnet', account, hash, subtype: 'send', block, delta: 1n as Raw },
    ...(excludes !== undefined && { excludes }),
  });
  return hash;
}
const headAt = (hash: BlockHash): ChainHead => ({
  kind: 'open',
  account: keys.address,
  hash,
  balance: 1n as Raw,
  representative: stranger.address,
  confirmed: false,
});
async function relation(mine: BlockHash, head: BlockHash | ChainHead) {
  const block = signed.get(mine);
  if (block === undefined) throw new Error('not signed here');
  const branches = new Branches(keys.address, nodeAt(node.url), async (hash) => signed.get(hash) ?? null);
  return branches.relation(block, typeof head === 'string' ? headAt(head) : head);
}
const excluded = (lost: BlockHash) => ({ kind: 'excluded', lost: { hash: lost } });

describe('the relation of an own block to a branch', () => {
  test('is `on` when the block is the head or below it', async () => {
    const one = own(ZERO_HASH);
    const two = foreign(foreign(one));
    expect(await relation(one, one)).toEqual({ kind: 'on' });
    expect(await relation(one, two)).toEqual({ kind: 'on' });
  });

  test('is `excluded` by another wallet’s block in its place, however long both branches are', async () => {
    const base = foreign(ZERO_HASH);
    const lost = own(base);
    const above = own(own(lost));
    const other = foreign(base);
    for (const head of [other, foreign(foreign(foreign(other)))]) {
      expect(await relation(lost, head)).toMatchObject(excluded(lost));
      expect(await relation(above, head)).toMatchObject(excluded(lost));
    }
  });

  test('is `excluded` by another first block of the account', async () => {
    const lost = own(ZERO_HASH);
    expect(await relation(own(lost), foreign(foreign(ZERO_HASH)))).toMatchObject(excluded(lost));
  });

  test('is `unknown` when the block stands on the head', async () => {
    const base = foreign(foreign(ZERO_HASH));
    const below = own(base);
    const one = own(below);
    for (const head of [base, below]) expect(await relation(one, head)).toEqual({ kind: 'unknown' });
    expect(await relation(one, { kind: 'unopened', account: keys.address })).toEqual({ kind: 'unknown' });
  });

  test('is `unknown` when the block in its place lacks our signature', async () => {
    const base = foreign(ZERO_HASH);
    const one = own(base);
    expect(await relation(one, foreign(base, stranger))).toEqual({ kind: 'unknown' });
  });

  test('is `unknown` when no node shows the branch, unless its own blocks say what they exclude', async () => {
    const base = foreign(ZERO_HASH);
    const lost = own(base);
    const other = foreign(base);
    const [silent, telling] = [own(other), own(other, lost)];
    shown.delete(other);
    expect(await relation(own(lost), silent)).toEqual({ kind: 'unknown' });
    expect(await relation(own(lost), own(telling))).toMatchObject(excluded(lost));
    // The other way round: a block that was built beside another is excluded by the branch of that one.
    expect(await relation(own(telling), foreign(lost))).toMatchObject(excluded(telling));
  });

  test('is `unknown` when a node shows other blocks under the hashes', async () => {
    const base = foreign(ZERO_HASH);
    const one = own(base);
    const strange = foreign(base);
    const head = foreign(strange);
    const other = shown.get(foreign(base));
    if (other === undefined) throw new Error('made before');
    shown.set(head, other);
    expect(await relation(one, head)).toEqual({ kind: 'unknown' });
  });

  test('is `excluded` in any tree of blocks exactly when both branches show a fork', async () => {
    const tree = fc.array(fc.record({ parent: fc.nat(), isOwn: fc.boolean() }), {
      minLength: 2,
      maxLength: 14,
    });
    await fc.assert(
      fc.asyncProperty(tree, fc.nat(), fc.nat(), async (plan, one, other) => {
        shown.clear();
        signed.clear();
        const hashes: BlockHash[] = [];
        for (const [n, { parent, isOwn }] of plan.entries()) {
          const below = n === 0 ? ZERO_HASH : (hashes[parent % n] ?? ZERO_HASH);
          hashes.push(isOwn || n === 0 ? own(below) : foreign(below));
        }
        const mine = [...signed.keys()][one % signed.size] ?? ZERO_HASH;
        const head = hashes[other % hashes.length] ?? ZERO_HASH;
        const branchTo = (from: BlockHash): BlockHash[] =>
          from === ZERO_HASH ? [] : [from, ...branchTo(shown.get(from)?.previous ?? ZERO_HASH)];
        const [ours, theirs] = [branchTo(mine), branchTo(head)];
        const foreignAt = ours.findIndex((hash) => !signed.has(hash));
        const known = foreignAt < 0 ? ours : ours.slice(0, foreignAt);
        const placeOf = (hash: BlockHash) => shown.get(hash)?.previous;
        const fork = known.find((hash) =>
          theirs.some((their) => their !== hash && placeOf(their) === placeOf(hash)),
        );
        const expected = theirs.includes(mine)
          ? { kind: 'on' }
          : fork === undefined
            ? { kind: 'unknown' }
            : excluded(fork);
        expect(await relation(mine, head)).toMatchObject(expected);
        // Two blocks of one chain never exclude each other.
        if (ours.includes(head) || theirs.includes(mine)) expect(expected.kind).not.toBe('excluded');
      }),
      { numRuns: 60 },
    );
  });
});
