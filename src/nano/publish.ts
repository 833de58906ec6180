import { Fault } from '../fault.ts';
import { type BlockHash, hashBlock, type SignedBlock, type Subtype } from './block.ts';
import type { NodeClient } from './node-client.ts';

/** The outcome of publishing a block. */
export type Published =
  /** A node has just accepted it. */
  | { readonly kind: 'taken' }
  /** A node has it already. */
  | { readonly kind: 'known'; readonly confirmed: boolean }
  /** No node has the block below it, or the send that it receives. */
  | { readonly kind: 'gap'; readonly lacks: 'previous' | 'source' }
  /** The block may be on the ledger now or later. The caller publishes the same block again later. */
  | { readonly kind: 'unknown' }
  /** A node has another block in this place and does not have this one. */
  | { readonly kind: 'forked' };

/**
 * Publishes a block. It may be called again for the same block. An answer other than "accepted" proves nothing: a
 * second `process` of the same send, for example, is refused for its balance (docs/WIRE.md §9). After such an answer
 * the node is asked whether it has the block.
 *
 * @throws Fault `fault_nodeRefused` with the node's error text when it refused the block and does not have it
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
  // The first request got no answer, but the node answers now: the block is sent once more.
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

/** Returns undefined for a request that failed, because it may still have reached the ledger. */
async function unlessUnclear<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof Fault) return undefined;
    throw cause;
  }
}
