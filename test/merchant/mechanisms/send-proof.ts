import { readAddress } from '../../devnet/address.ts';
import { isConfirmed, type Patience } from '../confirmation.ts';
import type { Faults } from '../faults.ts';
import type { BlockInfo, NanoNode } from '../node.ts';
import { canonicalHash, type SpentBlocks } from '../spent.ts';
import { type Refusal, refused } from './mechanism.ts';

/** What a send is judged with. */
export interface Assay {
  readonly node: NanoNode;
  readonly spent: SpentBlocks;
  readonly patience: Patience;
  readonly faults: Faults;
}

/** What the send must have done. */
interface Debt {
  readonly payTo: string;
  readonly amountRaw: string;
  /** A larger amount is accepted as well; otherwise it must be exact. */
  readonly atLeast?: boolean;
  /** Who must have sent it, where the proof says who. */
  readonly payer?: string;
}

/** A send that pays the debt, is confirmed, and has bought nothing yet. Amount in raw, as the ledger has it. */
export interface PaidSend {
  readonly kind: 'paid';
  readonly hash: string;
  readonly payer: string;
  readonly amountRaw: string;
}

/** What is wrong with a presented send: the first of these, in this order. */
export type Flaw =
  | { readonly kind: 'spent' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'no send'; readonly subtype: string }
  | { readonly kind: 'other payer'; readonly payer: string }
  | { readonly kind: 'other payee'; readonly key: string }
  | { readonly kind: 'other amount'; readonly amountRaw: string }
  | { readonly kind: 'unconfirmed' };

/** A send that pays the debt to the raw, is confirmed, and has bought nothing yet; or why it is none. */
export type SendVerdict = PaidSend | Refusal;

/**
 * Judges a presented send against the ledger. Spends nothing: a stranger who presents somebody's hash must not be able
 * to spoil it (docs/WIRE.md §5 T22).
 */
export async function inspectSend(assay: Assay, proof: string, debt: Debt): Promise<PaidSend | Flaw> {
  const { node, spent, patience, faults } = assay;
  const hash = faults.has('case-replay') ? proof : canonicalHash(proof);
  if (spent.has(hash)) return { kind: 'spent' };
  const block = await node.blockInfo(hash);
  if (block === undefined) {
    return faults.has('unknown-block')
      ? { kind: 'paid', hash, payer: '', amountRaw: debt.amountRaw }
      : { kind: 'unknown' };
  }
  const flaw = flawOf(block, debt, faults);
  if (flaw !== undefined) return flaw;
  const settled = block.confirmed || faults.has('unconfirmed') || (await isConfirmed(node, hash, patience));
  if (!settled) return { kind: 'unconfirmed' };
  return { kind: 'paid', hash, payer: block.block_account, amountRaw: block.amount };
}

/** The same judgement in the words of Rev 7 (docs/WIRE.md §3.4). */
export async function judgeSend(assay: Assay, proof: string, debt: Debt): Promise<SendVerdict> {
  const verdict = await inspectSend(assay, proof, debt);
  switch (verdict.kind) {
    case 'paid':
      return verdict;
    case 'spent':
      return alreadySpent;
    case 'unknown':
      return refused('All RPC endpoints failed for action: block_info');
    case 'no send':
      return refused(`Not a send block: ${verdict.subtype}`);
    case 'other payer':
      return refused(`Payer mismatch: sent by ${verdict.payer}`);
    case 'other payee':
      return refused(`Address mismatch: expected ${debt.payTo}, got key ${verdict.key}`);
    case 'other amount':
      return refused(`Amount mismatch: expected ${debt.amountRaw}, got ${verdict.amountRaw}`);
    case 'unconfirmed':
      return notConfirmed;
  }
}

/** The refusal of a send that has bought something already. */
export const alreadySpent = refused('Payment already spent');

/** The refusal of a send that may be confirmed a moment later. */
export const notConfirmed = refused('Block not confirmed');

function flawOf(
  block: BlockInfo,
  { payTo, amountRaw, atLeast, payer }: Debt,
  faults: Faults,
): Flaw | undefined {
  if (block.subtype !== 'send') return { kind: 'no send', subtype: block.subtype };
  if (
    payer !== undefined &&
    !faults.has('any-signer') &&
    readAddress(payer) !== readAddress(block.block_account)
  ) {
    return { kind: 'other payer', payer: block.block_account };
  }
  if (!faults.has('payee') && readAddress(payTo) !== block.contents.link.toUpperCase()) {
    return { kind: 'other payee', key: block.contents.link };
  }
  const met = isMet(block.amount, amountRaw, atLeast === true, faults);
  return met ? undefined : { kind: 'other amount', amountRaw: block.amount };
}

function isMet(paid: string, owed: string, atLeast: boolean, faults: Faults): boolean {
  if (faults.has('amount')) return Number(paid) === Number(owed);
  return atLeast ? BigInt(paid) >= BigInt(owed) : paid === owed;
}
