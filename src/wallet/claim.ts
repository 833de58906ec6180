import { publicKeyOf } from '../nano/account.ts';
import { hashBlock, type SignedBlock, verifySignature } from '../nano/block.ts';
import type { NodeClient } from '../nano/node-client.ts';
import { blockInfoOfEach } from './conflicting-block.ts';
import type { OwnBlock } from './own-block.ts';

/**
 * Whether another wallet with the same key signed this very block for something of its own, and published it first.
 *
 * A valid signature that differs from ours shows it: each signature is drawn at random (`signBlockAnew`), no node can make
 * one up, and a node keeps the first that it gets. Every node must show it. Where one has ours, or gives no answer, the
 * other wallet may find our signature and take the block for ours.
 *
 * A block that this wallet published before, before a restart of the worker or by a request that was sent twice, has
 * our own signature.
 */
export async function isClaimed(node: NodeClient, own: OwnBlock): Promise<boolean> {
  const shown = await blockInfoOfEach(node, own.hash);
  return shown.every((info) => info?.contents.kind === 'state' && isSignedByOther(info.contents.block, own));
}

/** Compares the first half of the signatures only: the second half can be re-encoded without the key. */
function isSignedByOther(shown: SignedBlock, { account, hash, block }: OwnBlock): boolean {
  const half = ({ signature }: SignedBlock) => signature.slice(0, 64);
  return (
    hashBlock(shown) === hash && half(shown) !== half(block) && verifySignature(shown, publicKeyOf(account))
  );
}
