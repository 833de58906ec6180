import { Fault } from '../fault.ts';
import { publicKeyOf } from '../nano/account.ts';
import { type BlockHash, hashBlock, type SignedBlock, verifySignature, ZERO_HASH } from '../nano/block.ts';
import type { NodeClient } from '../nano/node-client.ts';
import { publishBlock } from '../nano/publish.ts';
import type { OwnBlock } from './own-block.ts';

/**
 * What the ledger says of an own block. `pending`: no node took it yet, and nothing stands in its way for good.
 * `replaced`: the network has confirmed another block in its place, or in the place of one that it stands on; it can
 * never land.
 */
export type Publication = 'onLedger' | 'pending' | 'replaced';

/** A block in the place of an own one, shown to be ours by its signature. The network has confirmed neither. */
export interface Conflict {
  readonly own: BlockHash;
  readonly other: BlockHash;
}

export type FullPublication =
  /** `isNew`: a node has just taken it from here, which had it from nobody else. */
  | { readonly kind: 'onLedger'; readonly isNew: boolean }
  | { readonly kind: 'replaced' }
  /** With the conflict that the network has to decide first, if that is what it waits for. */
  | { readonly kind: 'pending'; readonly conflict: Conflict | null }
  /** It receives, or stands on what receives, a send that no node has heard of. */
  | { readonly kind: 'sourceMissing' };

const ON_LEDGER_NEW: FullPublication = { kind: 'onLedger', isNew: true };
const ON_LEDGER: FullPublication = { kind: 'onLedger', isNew: false };
const REPLACED: FullPublication = { kind: 'replaced' };
const PENDING: FullPublication = { kind: 'pending', conflict: null };

/** The own block with this hash; null when the purse did not sign it. */
export type FindSignedBlock = (hash: BlockHash) => Promise<OwnBlock | null>;

/**
 * Sees to it that an own block is on the ledger: publishes it, after those own blocks below it that the ledger lacks,
 * and tells a block that only waits from one that can never land. Safe to repeat.
 *
 * @throws Fault `fault_nodeRefused` when a node refuses the block, does not have it, and has no other in its place
 */
export async function publishOwnBlock(
  node: NodeClient,
  own: OwnBlock,
  signed: FindSignedBlock,
): Promise<FullPublication> {
  const published = await publishBlock(node, own.block, own.subtype).catch(refusalOrThrow);
  switch (published.kind) {
    case 'taken':
      return ON_LEDGER_NEW;
    case 'known':
      // Nodes may disagree: what one of them has, another may have seen replaced.
      return !published.confirmed && (await isReplaced(node, own, signed)) ? REPLACED : ON_LEDGER;
    case 'unknown':
      return PENDING;
    case 'gap':
      return published.lacks === 'previous' ? publishOnBase(node, own, signed) : publishReceive(node, own);
    case 'forked':
    case 'refused': {
      // A node judges the balance before it sees a fork, so a refusal may mean one (docs/WIRE.md §9).
      const conflicting = await conflictingBlockOf(node, own);
      if (conflicting === null && published.kind === 'refused') throw published.fault;
      if (conflicting?.confirmed) return REPLACED;
      return { kind: 'pending', conflict: conflicting && { own: own.hash, other: conflicting.hash } };
    }
  }
}

/** Lands the own block below first, which the network lost or never heard of. */
async function publishOnBase(
  node: NodeClient,
  own: OwnBlock,
  signed: FindSignedBlock,
): Promise<FullPublication> {
  const base = await signed(own.block.previous);
  // No node has what it stands on, which another wallet made: unless that has lost its place, a node may yet hear of it.
  if (base === null) return (await isExcluded(node, own)) ? REPLACED : PENDING;
  const publication = await publishOwnBlock(node, base, signed);
  if (publication.kind !== 'onLedger') return publication;
  const published = await publishBlock(node, own.block, own.subtype);
  if (published.kind === 'taken') return ON_LEDGER_NEW;
  return published.kind === 'known' ? ON_LEDGER : PENDING;
}

/** A send that was there when its receive was signed, and that no node knows any more, was none. */
async function publishReceive(node: NodeClient, own: OwnBlock): Promise<FullPublication> {
  const { block } = own;
  if ((await conflictingBlockOf(node, own))?.confirmed) return REPLACED;
  return (await node.blockInfo(block.link as BlockHash)) === null ? { kind: 'sourceMissing' } : PENDING;
}

/**
 * Whether the network has confirmed another block in the place of this one, or of an own one that it stands on.
 *
 * @throws Fault those of NodeClient
 */
export async function isReplaced(node: NodeClient, own: OwnBlock, signed: FindSignedBlock): Promise<boolean> {
  for (let each: OwnBlock | null = own; each !== null; each = await signed(each.block.previous)) {
    if ((await conflictingBlockOf(node, each))?.confirmed || (await isExcluded(node, each))) return true;
    if ((await node.blockInfo(each.hash))?.confirmed) return false;
  }
  return false;
}

/** Whether the network has confirmed the own block that this one's branch excludes. */
export async function isExcluded(node: NodeClient, { excludes }: OwnBlock): Promise<boolean> {
  return excludes !== undefined && isConfirmed(node, excludes);
}

/** Whether the network has confirmed a block: one node that says so is enough. */
export async function isConfirmed(node: NodeClient, hash: BlockHash): Promise<boolean> {
  const told = await Promise.all(node.each().map((one) => one.blockInfo(hash).catch(nullIfFault)));
  return told.some((info) => info?.confirmed);
}

/**
 * Whether another wallet with our key signed this very block, for something of its own, and published it before us. That
 * is shown by a signature that was not made here, which no node could make up: each one of a block is drawn anew (see
 * `signBlockAnew`), and a node keeps the first that it gets. It counts only where every node shows it: where one has
 * ours, or gives no answer, the other wallet may take the block for ours in its turn.
 *
 * A block that was published from here before, by an earlier life of the worker or by a connection that sends a request
 * twice, has our own signature.
 */
export async function isClaimed(node: NodeClient, own: OwnBlock): Promise<boolean> {
  const told = await Promise.all(node.each().map((one) => one.blockInfo(own.hash).catch(nullIfFault)));
  return told.every((info) => info?.contents.kind === 'state' && isSignedAnew(info.contents.block, own));
}

/** The first half of a signature tells: of the second one, other spellings can be computed without the key. */
function isSignedAnew(shown: SignedBlock, { account, hash, block }: OwnBlock): boolean {
  const half = ({ signature }: SignedBlock) => signature.slice(0, 64);
  return (
    hashBlock(shown) === hash && half(shown) !== half(block) && verifySignature(shown, publicKeyOf(account))
  );
}

function refusalOrThrow(failure: unknown): { readonly kind: 'refused'; readonly fault: Fault } {
  if (failure instanceof Fault && failure.key === 'fault_nodeRefused')
    return { kind: 'refused', fault: failure };
  throw failure;
}

/**
 * The other block in the place of `own`, or null; of several that nodes name, one that is confirmed. It is shown to be
 * one: our own key signed it, on the same previous. A node that only says so would have a payment given up that it can
 * still publish.
 */
export async function conflictingBlockOf(node: NodeClient, own: OwnBlock): Promise<BlockAtSamePlace | null> {
  const told = await Promise.all(node.each().map((one) => conflictingBlockAt(one, own).catch(nullIfFault)));
  const conflictingBlocks = told.filter((conflicting) => conflicting !== null);
  return conflictingBlocks.find(({ confirmed }) => confirmed) ?? conflictingBlocks[0] ?? null;
}

interface BlockAtSamePlace {
  readonly hash: BlockHash;
  readonly confirmed: boolean;
}

async function conflictingBlockAt(
  node: NodeClient,
  { account, hash, block }: OwnBlock,
): Promise<BlockAtSamePlace | null> {
  const successor =
    block.previous === ZERO_HASH
      ? (await node.accountInfo(account))?.openBlock
      : (await node.blockInfo(block.previous))?.successor;
  if (successor === undefined || successor === null || successor === hash) return null;
  const told = await node.blockInfo(successor);
  if (told?.contents.kind !== 'state') return null;
  const other = told.contents.block;
  const isConflicting =
    hashBlock(other) === successor &&
    other.account === account &&
    other.previous === block.previous &&
    verifySignature(other, publicKeyOf(account));
  return isConflicting ? { hash: successor, confirmed: told.confirmed } : null;
}

/** A node that gives no answer names no rival. */
function nullIfFault(failure: unknown): null {
  if (failure instanceof Fault) return null;
  throw failure;
}
