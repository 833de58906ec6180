import { Fault } from '../fault.ts';
import { type NanoAddress, publicKeyOf } from './account.ts';
import { parseBalance, type Raw, subtractRaw, ZERO } from './amount.ts';
import { type BlockHash, hashBlock, verifySignature, ZERO_HASH } from './block.ts';
import { hashLegacyBlock } from './legacy-block.ts';
import type { BlockInfo, NodeClient } from './node-client.ts';

/** A send to one of the wallet's accounts, proven by the sender's blocks. */
export interface VerifiedSource {
  readonly hash: BlockHash;
  readonly amount: Raw;
  /** The sender: the key of this account signed the send. */
  readonly from: NanoAddress;
}

/**
 * Proves the amount of a receivable send before it is received. The hash is recomputed, the send pays the account, its
 * sender signed it and the node says that it is confirmed. The amount is the difference to the balance of the block
 * below it, whose hash is recomputed too.
 *
 * @param most the largest balance that an account can have (raw)
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

/** The sender's balance after the block `hash`, from the block itself where it states one. */
function balanceOf(info: BlockInfo | null, hash: BlockHash, sender: NanoAddress): Raw {
  if (info?.contents.kind === 'state') {
    const { block } = info.contents;
    if (hashBlock(block) === hash && block.account === sender) return block.balance;
  } else if (info?.contents.kind === 'legacy' && hashLegacyBlock(info.contents.block) === hash) {
    const { block } = info.contents;
    if (block.type === 'send') return parseBalance(BigInt(`0x${block.balance}`).toString());
    // The other legacy blocks state no balance, so the node's claim is used. A lie gains nothing: a node that can
    // invent this number can invent a whole sender, and the network would confirm no block on top of either.
    return info.balance ?? ZERO;
  }
  throw new Fault('fault_sourceUnproven');
}
