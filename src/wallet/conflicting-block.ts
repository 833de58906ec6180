import { Fault } from '../fault.ts';
import { publicKeyOf } from '../nano/account.ts';
import { type BlockHash, hashBlock, verifySignature, ZERO_HASH } from '../nano/block.ts';
import type { BlockInfo, NodeClient } from '../nano/node-client.ts';
import type { FindOwnBlock, OwnBlock } from './own-block.ts';

/** Another block in the place of an own one, on the same previous block. */
export interface ConflictingBlock {
  readonly hash: BlockHash;
  readonly confirmed: boolean;
}

/**
 * The other block in the place of `own`; null where no node shows one. Of several, one that is confirmed. It has the
 * account's valid signature: a node's word alone would make the wallet give up a payment that can still be published.
 */
export async function conflictingBlockOf(node: NodeClient, own: OwnBlock): Promise<ConflictingBlock | null> {
  const shown = await Promise.all(node.each().map((one) => conflictingBlockAt(one, own).catch(nullIfFault)));
  const conflicting = shown.filter((each) => each !== null);
  return conflicting.find(({ confirmed }) => confirmed) ?? conflicting[0] ?? null;
}

async function conflictingBlockAt(
  node: NodeClient,
  { account, hash, block }: OwnBlock,
): Promise<ConflictingBlock | null> {
  const successor =
    block.previous === ZERO_HASH
      ? (await node.accountInfo(account))?.openBlock
      : (await node.blockInfo(block.previous))?.successor;
  if (successor === undefined || successor === null || successor === hash) return null;
  const info = await node.blockInfo(successor);
  if (info?.contents.kind !== 'state') return null;
  const other = info.contents.block;
  const isConflicting =
    hashBlock(other) === successor &&
    other.account === account &&
    other.previous === block.previous &&
    verifySignature(other, publicKeyOf(account));
  return isConflicting ? { hash: successor, confirmed: info.confirmed } : null;
}

/**
 * Whether the network has confirmed another block in the place of this one, or of an own one that it stands on.
 *
 * @throws Fault those of NodeClient
 */
export async function isReplaced(
  node: NodeClient,
  own: OwnBlock,
  findOwnBlock: FindOwnBlock,
): Promise<boolean> {
  for (let each: OwnBlock | null = own; each !== null; each = await findOwnBlock(each.block.previous)) {
    if ((await conflictingBlockOf(node, each))?.confirmed || (await isExcluded(node, each))) return true;
    if ((await node.blockInfo(each.hash))?.confirmed) return false;
  }
  return false;
}

/** Whether the network has confirmed the own block that the branch of this one excludes. */
export async function isExcluded(node: NodeClient, { excludes }: OwnBlock): Promise<boolean> {
  return excludes !== undefined && isConfirmed(node, excludes);
}

/** Whether the network has confirmed a block. One node that says so is enough. */
export async function isConfirmed(node: NodeClient, hash: BlockHash): Promise<boolean> {
  return (await blockInfoOfEach(node, hash)).some((info) => info?.confirmed);
}

/** What each node says of a block: null for a node that does not have it, or gives no answer. */
export function blockInfoOfEach(node: NodeClient, hash: BlockHash): Promise<readonly (BlockInfo | null)[]> {
  return Promise.all(node.each().map((one) => one.blockInfo(hash).catch(nullIfFault)));
}

/** A node that gives no answer shows nothing. */
function nullIfFault(failure: unknown): null {
  if (failure instanceof Fault) return null;
  throw failure;
}
