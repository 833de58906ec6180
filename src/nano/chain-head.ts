/**
 * The head of an account's chain, believed only as far as the block proves itself: a node that lies can delay a
 * payment and never inflate a balance. docs/WIRE.md §7.11; docs.nano.org, "Epoch blocks".
 */
import { Fault } from '../fault.ts';
import { type NanoAddress, publicKeyOf } from './account.ts';
import { ZERO } from './amount.ts';
import {
  type BlockHash,
  type ChainHead,
  hashBlock,
  type SignedBlock,
  verifySignature,
  ZERO_HASH,
} from './block.ts';
import { hexOf } from './hex.ts';
import type { NodeClient } from './node-client.ts';

export type { ChainHead, OpenHead, UnopenedHead } from './block.ts';

/** The links of the blocks by which the network itself upgrades an account: their name, in 32 bytes. */
const EPOCH_LINKS = ['epoch v1 block', 'epoch v2 block'].map((name) =>
  hexOf(new TextEncoder().encode(name)).padEnd(64, '0'),
);

/**
 * Asks a node for the account's newest block and proves it: the hash is recomputed, the account is ours, and our key
 * signed it, or it is an epoch block right above one of ours and leaves the balance alone.
 * @throws Fault `fault_headUnproven`, `fault_legacyHead`, and those of {@link NodeClient}
 */
export async function readChainHead(node: NodeClient, account: NanoAddress): Promise<ChainHead> {
  const claim = await node.accountInfo(account);
  if (claim === null) return { kind: 'unopened', account };
  const { block, confirmed } = await fetchOwnBlock(node, account, claim.frontier);
  await proveOwn(node, block);
  const { balance, representative } = block;
  return { kind: 'open', account, hash: claim.frontier, balance, representative, confirmed };
}

/**
 * Whether a proven head is a block of this account, or stands on it: walked down block by block, each by its hash. A
 * node that shows an old head instead of the newest is found out so.
 *
 * @throws Fault as {@link readChainHead}
 */
export async function standsOn(node: NodeClient, head: ChainHead, base: BlockHash): Promise<boolean> {
  if (head.kind === 'unopened') return false;
  for (let hash = head.hash; hash !== ZERO_HASH; ) {
    if (hash === base) return true;
    hash = (await fetchOwnBlock(node, head.account, hash)).block.previous;
  }
  return false;
}

async function proveOwn(node: NodeClient, head: SignedBlock): Promise<void> {
  let block = head;
  for (const _ of [...EPOCH_LINKS, 'own']) {
    if (verifySignature(block, publicKeyOf(block.account))) return;
    if (!EPOCH_LINKS.includes(block.link)) break;
    // An epoch block may even be the first of an account that never received anything.
    if (block.previous === ZERO_HASH && block.balance === ZERO) return;
    const below = await fetchOwnBlock(node, block.account, block.previous);
    if (below.block.balance !== block.balance || below.block.representative !== block.representative) break;
    block = below.block;
  }
  throw new Fault('fault_headUnproven');
}

/**
 * A block of this account by its hash, which is recomputed; who signed it is not looked at.
 *
 * @throws Fault `fault_headUnproven`, `fault_legacyHead`, and those of {@link NodeClient}
 */
export async function fetchOwnBlock(
  node: NodeClient,
  account: NanoAddress,
  hash: BlockHash,
): Promise<{ readonly block: SignedBlock; readonly confirmed: boolean }> {
  const info = await node.blockInfo(hash);
  if (info === null) throw new Fault('fault_headUnproven');
  if (info.contents.kind === 'legacy') throw new Fault('fault_legacyHead');
  const { block } = info.contents;
  if (hashBlock(block) !== hash || block.account !== account) throw new Fault('fault_headUnproven');
  return { block, confirmed: info.confirmed };
}
