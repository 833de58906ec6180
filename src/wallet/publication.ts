import { Fault } from '../fault.ts';
import type { BlockHash } from '../nano/block.ts';
import type { NodeClient } from '../nano/node-client.ts';
import { publishBlock } from '../nano/publish.ts';
import { conflictingBlockOf, isExcluded, isReplaced } from './conflicting-block.ts';
import type { FindOwnBlock, OwnBlock } from './own-block.ts';

/**
 * What became of publishing an own block:
 *
 * - `onLedger`: a node has it.
 * - `pending`: no node has it yet, and it may still get to the ledger.
 * - `replaced`: the network has confirmed another block in its place, or in the place of one that it stands on. It can
 *   never get to the ledger.
 */
export type Publication = 'onLedger' | 'pending' | 'replaced';

/** Two blocks for one place, of which the network has confirmed neither. Both have this account's valid signature. */
export interface Conflict {
  readonly own: BlockHash;
  readonly other: BlockHash;
}

/** A `Publication` with what the next step has to know about it. */
export type FullPublication =
  /** `isNew`: a node has accepted it just now, so no other wallet had published it there. */
  | { readonly kind: 'onLedger'; readonly isNew: boolean }
  | { readonly kind: 'replaced' }
  /** `conflict`: what the network has to decide first; null where it waits for something else. */
  | { readonly kind: 'pending'; readonly conflict: Conflict | null }
  /** No node has the send that it receives, or that a block below it receives. */
  | { readonly kind: 'sourceMissing' };

const ACCEPTED: FullPublication = { kind: 'onLedger', isNew: true };
const ON_LEDGER: FullPublication = { kind: 'onLedger', isNew: false };
const REPLACED: FullPublication = { kind: 'replaced' };
const PENDING: FullPublication = { kind: 'pending', conflict: null };

/**
 * Publishes an own block, after the own blocks below it that the ledger lacks. Tells a block that may still get to the
 * ledger from one that never can. Safe to repeat.
 *
 * @throws Fault `fault_nodeRefused` when a node refuses the block, does not have it, and has no other in its place
 */
export async function publishOwnBlock(
  node: NodeClient,
  own: OwnBlock,
  findOwnBlock: FindOwnBlock,
): Promise<FullPublication> {
  const published = await publishBlock(node, own.block, own.subtype).catch(refusalOrThrow);
  switch (published.kind) {
    case 'taken':
      return ACCEPTED;
    case 'known':
      // Nodes may disagree: one may have the block while another has confirmed its replacement.
      return !published.confirmed && (await isReplaced(node, own, findOwnBlock)) ? REPLACED : ON_LEDGER;
    case 'unknown':
      return PENDING;
    case 'gap':
      return published.lacks === 'previous'
        ? publishWithPrevious(node, own, findOwnBlock)
        : publicationWithoutSource(node, own);
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

/** Publishes the own block below first, which no node has, and then the block itself. */
async function publishWithPrevious(
  node: NodeClient,
  own: OwnBlock,
  findOwnBlock: FindOwnBlock,
): Promise<FullPublication> {
  const previous = await findOwnBlock(own.block.previous);
  // Another wallet signed the block below. Unless it has been replaced, a node may still get it.
  if (previous === null) return (await isExcluded(node, own)) ? REPLACED : PENDING;
  const publication = await publishOwnBlock(node, previous, findOwnBlock);
  if (publication.kind !== 'onLedger') return publication;
  const published = await publishBlock(node, own.block, own.subtype);
  if (published.kind === 'taken') return ACCEPTED;
  return published.kind === 'known' ? ON_LEDGER : PENDING;
}

/** What becomes of a receive whose send no node had: a send that was proven at its signing may have been dropped since. */
async function publicationWithoutSource(node: NodeClient, own: OwnBlock): Promise<FullPublication> {
  const { block } = own;
  if ((await conflictingBlockOf(node, own))?.confirmed) return REPLACED;
  return (await node.blockInfo(block.link as BlockHash)) === null ? { kind: 'sourceMissing' } : PENDING;
}

function refusalOrThrow(failure: unknown): { readonly kind: 'refused'; readonly fault: Fault } {
  if (failure instanceof Fault && failure.key === 'fault_nodeRefused')
    return { kind: 'refused', fault: failure };
  throw failure;
}
