import { Fault } from '../fault.ts';
import { type NanoAddress, publicKeyOf } from './account.ts';
import { parseBalance, type Raw, subtractRaw, ZERO } from './amount.ts';
import { type BlockHash, hashBlock, verifySignature, ZERO_HASH } from './block.ts';
import { hashLegacyBlock } from './legacy-block.ts';
import type { BlockInfo, NodeClient } from './node-client.ts';

/** A send to one of our accounts, proven by its own blocks. */
export interface VerifiedSource {
  readonly hash: BlockHash;
  readonly amount: Raw;
  /** Who sent it: the key of this account signed the send. */
  readonly from: NanoAddress;
}

/**
 * Proves what a waiting send is worth before it is received: its hash is recomputed, it pays our key, its sender signed
 * it, the network confirmed it, and the amount is the difference to the block below it, whose hash is recomputed too.
 *
 * @param most what an account can hold at most (raw)
 * @throws Fault `fault_sourceUnproven`, and those of {@link NodeClient}
 */
export async function verifySource(
  node: NodeClient,
  account: NanoAddress,
  hash: BlockHash,
  most: Raw,
): Promise<VerifiedSource> {
  const source = await node.blockInfo(hash);
  if (source?.contents.kind !== 'state' || !source.confirmed) throw new Fault('fault_sourceUnproven');
  const { block } = source.contents;
  const proven =
    hashBlock(block) === hash &&
    block.link === publicKeyOf(account) &&
    block.previous !== ZERO_HASH &&
    verifySignature(block, publicKeyOf(block.account));
  if (!proven) throw new Fault('fault_sourceUnproven');

  const before = balanceOf(await node.blockInfo(block.previous), block.previous, block.account);
  if (before <= block.balance || before > most) throw new Fault('fault_sourceUnproven');
  return { hash, amount: subtractRaw(before, block.balance), from: block.account };
}

/** What the sender had before, from the block that says so. */
function balanceOf(info: BlockInfo | null, hash: BlockHash, sender: NanoAddress): Raw {
  if (info?.contents.kind === 'state') {
    const { block } = info.contents;
    if (hashBlock(block) === hash && block.account === sender) return block.balance;
  } else if (info?.contents.kind === 'legacy' && hashLegacyBlock(info.contents.block) === hash) {
    const { block } = info.contents;
    if (block.type === 'send') return parseBalance(BigInt(`0x${block.balance}`).toString());
    // The other legacy blocks say no balance, so the node's word must do. It gives a liar nothing: who can invent this
    // number can invent a whole sender, and either way the network would not confirm what we sign on top of it.
    return info.balance ?? ZERO;
  }
  throw new Fault('fault_sourceUnproven');
}
