import { Fault } from '../fault.ts';
import { publicKeyOf } from '../nano/account.ts';
import { type BlockHash, hashBlock, verifySignature, ZERO_HASH } from '../nano/block.ts';
import type { NodeClient } from '../nano/node-client.ts';
import { publishBlock } from '../nano/publish.ts';
import type { OwnBlock } from './own-block.ts';

/**
 * What the ledger says of an own block. `pending`: no node took it yet, and nothing stands in its way for good.
 * `replaced`: the network has confirmed another block in its place, or in the place of one that it stands on; it can
 * never land.
 */
export type Landing = 'landed' | 'pending' | 'replaced';

/** Or it is `groundless`: it receives, or stands on what receives, a send that no node has heard of. */
export type FullLanding = Landing | 'groundless';

/** The own block with this hash; null when the purse did not sign it. */
export type FindSigned = (hash: BlockHash) => Promise<OwnBlock | null>;

/**
 * Sees to it that an own block is on the ledger: publishes it, after those own blocks below it that the ledger lacks,
 * and tells a block that only waits from one that can never land. Safe to repeat.
 *
 * @throws Fault `fault_nodeRefused` when a node refuses the block, does not have it, and has no other in its place
 */
export async function landBlock(node: NodeClient, own: OwnBlock, signed: FindSigned): Promise<FullLanding> {
  const published = await publishBlock(node, own.block, own.subtype).catch(asRefusal);
  switch (published.kind) {
    case 'taken':
      return 'landed';
    case 'known':
      // Nodes may disagree: what one of them has, another may have seen replaced.
      return !published.confirmed && (await isReplaced(node, own, signed)) ? 'replaced' : 'landed';
    case 'unknown':
      return 'pending';
    case 'gap':
      return published.lacks === 'previous' ? landOnBase(node, own, signed) : landReceive(node, own);
    case 'forked':
    case 'refused': {
      // A node judges the balance before it sees a fork, so a refusal may mean one (protocol.md section 9).
      const rival = await rivalOf(node, own);
      if (rival === null && published.kind === 'refused') throw published.fault;
      return rival?.confirmed ? 'replaced' : 'pending';
    }
  }
}

/** Lands the own block below first, which the network lost or never heard of. */
async function landOnBase(node: NodeClient, own: OwnBlock, signed: FindSigned): Promise<FullLanding> {
  const base = await signed(own.block.previous);
  if (base === null) return 'pending';
  const landing = await landBlock(node, base, signed);
  if (landing !== 'landed') return landing;
  const published = await publishBlock(node, own.block, own.subtype);
  return published.kind === 'taken' || published.kind === 'known' ? 'landed' : 'pending';
}

/** A send that was there when its receive was signed, and that no node knows any more, was none. */
async function landReceive(node: NodeClient, own: OwnBlock): Promise<FullLanding> {
  const { block } = own;
  if ((await rivalOf(node, own))?.confirmed) return 'replaced';
  return (await node.blockInfo(block.link as BlockHash)) === null ? 'groundless' : 'pending';
}

/** Whether the network has confirmed another block in the place of this one, or of an own one that it stands on. */
async function isReplaced(node: NodeClient, own: OwnBlock, signed: FindSigned): Promise<boolean> {
  for (let each: OwnBlock | null = own; each !== null; each = await signed(each.block.previous)) {
    if ((await rivalOf(node, each))?.confirmed) return true;
    if ((await node.blockInfo(each.hash))?.confirmed) return false;
  }
  return false;
}

function asRefusal(failure: unknown): { readonly kind: 'refused'; readonly fault: Fault } {
  if (failure instanceof Fault && failure.key === 'fault_nodeRefused')
    return { kind: 'refused', fault: failure };
  throw failure;
}

/**
 * The other block in the place of `own`, or null; of several that nodes name, one that is confirmed. It is shown to be
 * one: our own key signed it, on the same previous. A node that only says so would have a payment given up that it can
 * still publish.
 */
export async function rivalOf(node: NodeClient, own: OwnBlock): Promise<Rival | null> {
  const told = await Promise.all(node.each().map((one) => rivalAt(one, own).catch(unlessReached)));
  const rivals = told.filter((rival) => rival !== null);
  return rivals.find(({ confirmed }) => confirmed) ?? rivals[0] ?? null;
}

interface Rival {
  readonly hash: BlockHash;
  readonly confirmed: boolean;
}

async function rivalAt(node: NodeClient, { account, hash, block }: OwnBlock): Promise<Rival | null> {
  const rival =
    block.previous === ZERO_HASH
      ? (await node.accountInfo(account))?.openBlock
      : (await node.blockInfo(block.previous))?.successor;
  if (rival === undefined || rival === null || rival === hash) return null;
  const told = await node.blockInfo(rival);
  if (told?.contents.kind !== 'state') return null;
  const other = told.contents.block;
  const isRival =
    hashBlock(other) === rival &&
    other.account === account &&
    other.previous === block.previous &&
    verifySignature(other, publicKeyOf(account));
  return isRival ? { hash: rival, confirmed: told.confirmed } : null;
}

/** A node that gives no answer names no rival. */
function unlessReached(failure: unknown): null {
  if (failure instanceof Fault) return null;
  throw failure;
}
