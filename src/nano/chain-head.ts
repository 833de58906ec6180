/**
 * The head of an account's chain. Only what the block itself proves is believed, so that a node that lies can delay a
 * payment but never inflate a balance. docs/WIRE.md §7.11; docs.nano.org, "Epoch blocks".
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

/** The links of epoch blocks, by which the network upgrades an account: a fixed text, padded to 32 bytes. */
const EPOCH_LINKS = ['epoch v1 block', 'epoch v2 block'].map((name) =>
  hexOf(new TextEncoder().encode(name)).padEnd(64, '0'),
);

/**
 * Reads the account's newest block from a node and proves it: the hash is recomputed, the block belongs to the account,
 * and the account's key signed it. An epoch block is accepted directly above such a block if it leaves the balance and
 * the representative unchanged.
 *
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
 * Whether a proven head is the block `base` or a descendant of it. Follows `previous` from the head and recomputes each
 * hash. This detects a node that shows an old head instead of the newest.
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
    // An epoch block can be the first block of an account that never received anything.
    if (block.previous === ZERO_HASH && block.balance === ZERO) return;
    const below = await fetchOwnBlock(node, block.account, block.previous);
    if (below.block.balance !== block.balance || below.block.representative !== block.representative) break;
    block = below.block;
  }
  throw new Fault('fault_headUnproven');
}

/**
 * Reads a block of this account by its hash, and recomputes the hash. Does not check the signature.
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
