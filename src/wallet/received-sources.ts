import type { BlockHash, ChainHead } from '../nano/block.ts';
import type { FindOwnBlock } from './own-block.ts';

/** How many own blocks below the head are searched. */
const MAX_SEARCHED = 32;

/**
 * The sends that the newest own blocks below a head have received. A node that is behind, or lies, names such a send
 * again, and a wallet that was closed a moment ago may have received it.
 */
export async function receivedSourcesBelow(
  head: ChainHead,
  findOwnBlock: FindOwnBlock,
): Promise<ReadonlySet<BlockHash>> {
  const received = new Set<BlockHash>();
  let own = head.kind === 'open' ? await findOwnBlock(head.hash) : null;
  for (let searched = 0; own !== null && searched < MAX_SEARCHED; searched++) {
    if (own.subtype !== 'send') received.add(own.block.link as BlockHash);
    own = await findOwnBlock(own.block.previous);
  }
  return received;
}
