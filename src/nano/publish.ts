import { Fault } from '../fault.ts';
import { type BlockHash, hashBlock, type SignedBlock, type Subtype } from './block.ts';
import type { NodeClient } from './node-client.ts';

/** Where a block is after publishing. */
export type Published =
  /** A node has just taken it. */
  | { readonly kind: 'taken' }
  /** A node has it already. */
  | { readonly kind: 'known'; readonly confirmed: boolean }
  /** No node has what the block stands on: the one below it, or the send that it receives. */
  | { readonly kind: 'gap'; readonly lacks: 'previous' | 'source' }
  /** The block may be on the ledger, or may yet get there. Publish the same one again later. */
  | { readonly kind: 'unknown' }
  /** A node has another block in this place and does not know ours. */
  | { readonly kind: 'forked' };

/**
 * Publishes a block, as often as one likes. A node's answer other than "accepted" concludes nothing: a second `process`
 * of the same send, say, is refused for its balance (docs/WIRE.md §9). So the ledger is asked for the block.
 * @throws Fault `fault_nodeRefused` with the node's words when it refused the block and does not have it
 */
export async function publishBlock(
  node: NodeClient,
  block: SignedBlock,
  subtype: Subtype,
): Promise<Published> {
  let result = await unlessUnclear(node.process(block, subtype));
  if (result?.kind === 'accepted') return { kind: 'taken' };
  const asked = await unlessUnclear(find(node, hashBlock(block)));
  if (asked === undefined) return { kind: 'unknown' };
  if (asked.info !== null) return { kind: 'known', confirmed: asked.info.confirmed };
  // The request was lost on a line that works again.
  result ??= await unlessUnclear(node.process(block, subtype));
  switch (result?.kind) {
    case 'accepted':
      return { kind: 'taken' };
    case undefined:
    case 'old':
      return { kind: 'unknown' };
    case 'gap':
      return { kind: 'gap', lacks: result.lacks };
    case 'fork':
      return { kind: 'forked' };
    case 'refused':
      throw new Fault('fault_nodeRefused', [result.text]);
  }
}

const find = async (node: NodeClient, hash: BlockHash) => ({ info: await node.blockInfo(hash) });

/** Undefined for a request without a clear answer: it may have reached a ledger all the same. */
async function unlessUnclear<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof Fault) return undefined;
    throw cause;
  }
}
