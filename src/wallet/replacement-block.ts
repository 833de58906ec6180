import { addRaw, ZERO } from '../nano/amount.ts';
import { buildChange, hashBlock, type OpenHead, signBlock } from '../nano/block.ts';
import type { PrivateKey } from '../nano/ed25519.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { ChainStore } from './chain-store.ts';
import { type HandedOverBlock, headAfter, type OwnBlock } from './own-block.ts';

/**
 * Whether the payee of a handed-over block has published it: the ledger knows its hash. If so, stores it as an ordinary block,
 * so that the chain goes on from it.
 *
 * @throws Fault those of NodeClient
 */
export async function isPublishedByPayee(
  { node, store }: { readonly node: NodeClient; readonly store: ChainStore },
  handedOver: HandedOverBlock,
): Promise<boolean> {
  if ((await node.blockInfo(handedOver.hash)) === null) return false;
  await store.publishedByPayee(handedOver);
  return true;
}

/**
 * The block that makes a handed-over one worthless once the network has confirmed it: a change on the same previous block
 * that keeps balance and representative (docs/WIRE.md §7.16). It reuses the work, which depends on the previous block only.
 */
export function replacementBlockFor(handedOver: HandedOverBlock, privateKey: PrivateKey): OwnBlock {
  const { network, account } = handedOver;
  const below: OpenHead = {
    ...headAfter(handedOver),
    hash: handedOver.block.previous,
    balance: addRaw(handedOver.block.balance, handedOver.delta),
  };
  const block = buildChange(below, handedOver.block.representative);
  return {
    network,
    account,
    hash: hashBlock(block),
    subtype: 'change',
    block: { ...signBlock(block, privateKey), work: handedOver.block.work },
    delta: ZERO,
    ...(handedOver.excludes !== undefined && { excludes: handedOver.excludes }),
    replaces: handedOver,
  };
}
