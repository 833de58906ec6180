import { addRaw, ZERO } from '../nano/amount.ts';
import { buildChange, hashBlock, type OpenHead, signBlock } from '../nano/block.ts';
import type { PrivateKey } from '../nano/ed25519.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { ChainStore } from './chain-store.ts';
import { type HandedOverBlock, headAfter, type OwnBlock } from './own-block.ts';

/**
 * Whether a cheque was cashed: whoever has it has published it, and the ledger knows it by its hash. Written down, so
 * that the chain goes on from there.
 */
export async function isPublishedByPayee(
  { node, store }: { readonly node: NodeClient; readonly store: ChainStore },
  cheque: HandedOverBlock,
): Promise<boolean> {
  if ((await node.blockInfo(cheque.hash)) === null) return false;
  await store.publishedByPayee(cheque);
  return true;
}

/**
 * The block that makes a cheque worthless once the network has confirmed it: a change on the same frontier that leaves
 * balance and representative as they were (docs/WIRE.md §7.16). The work of the cheque is good for it too,
 * for it is bound to the frontier alone.
 */
export function replacementBlockFor(cheque: HandedOverBlock, privateKey: PrivateKey): OwnBlock {
  const { network, account } = cheque;
  const below: OpenHead = {
    ...headAfter(cheque),
    hash: cheque.block.previous,
    balance: addRaw(cheque.block.balance, cheque.moved),
  };
  const block = buildChange(below, cheque.block.representative);
  return {
    network,
    account,
    hash: hashBlock(block),
    subtype: 'change',
    block: { ...signBlock(block, privateKey), work: cheque.block.work },
    moved: ZERO,
    ...(cheque.excludes !== undefined && { excludes: cheque.excludes }),
    revokes: cheque,
  };
}
