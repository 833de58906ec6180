import { readAddress } from '../../devnet/address.ts';
import { isConfirmed, type Patience } from '../confirmation.ts';
import type { BlockInfo, NanoNode } from '../node.ts';
import { canonicalHash, type SpentBlocks } from '../spent.ts';
import { type Refusal, refused } from './mechanism.ts';

/** What the send must have done. */
interface Debt {
  readonly payTo: string;
  readonly amountRaw: string;
}

/** A send that pays the debt to the raw, is confirmed, and has bought nothing yet; or why it is none. */
export type SendVerdict = { readonly kind: 'paid'; readonly hash: string; readonly payer: string } | Refusal;

/**
 * Judges a presented send against the ledger. Spends nothing: a stranger who presents somebody's hash must not be able
 * to spoil it (protocol.md 5, T22).
 */
export async function judgeSend(
  node: NanoNode,
  spent: SpentBlocks,
  patience: Patience,
  proof: string,
  debt: Debt,
): Promise<SendVerdict> {
  const hash = canonicalHash(proof);
  if (spent.has(hash)) return alreadySpent;
  const block = await node.blockInfo(hash);
  if (block === undefined) return refused('All RPC endpoints failed for action: block_info');
  const flaw = flawOf(block, debt);
  if (flaw !== undefined) return refused(flaw);
  if (!block.confirmed && !(await isConfirmed(node, hash, patience))) return refused('Block not confirmed');
  return { kind: 'paid', hash, payer: block.block_account };
}

/** The refusal of a send that has bought something already. */
export const alreadySpent = refused('Payment already spent');

function flawOf(block: BlockInfo, debt: Debt): string | undefined {
  if (block.subtype !== 'send') return `Not a send block: ${block.subtype}`;
  if (readAddress(debt.payTo) !== block.contents.link.toUpperCase()) {
    return `Address mismatch: expected ${debt.payTo}, got key ${block.contents.link}`;
  }
  if (block.amount !== debt.amountRaw) {
    return `Amount mismatch: expected ${debt.amountRaw}, got ${block.amount}`;
  }
  return undefined;
}
