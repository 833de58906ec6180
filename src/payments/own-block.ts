import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash, OpenHead, SignedBlock, Subtype } from '../nano/block.ts';
import type { PaymentId, Site } from './payment.ts';

/** A block this purse signed, as it is written down before any network sees it. */
export interface OwnBlock {
  readonly network: string;
  readonly account: NanoAddress;
  readonly hash: BlockHash;
  readonly subtype: Subtype;
  readonly block: SignedBlock;
  /** By how much the block changes the account's balance, whichever way (raw). */
  readonly moved: Raw;
  /** Only while the block is in the hands of a site, to be published by it, and not known to be on the ledger. */
  readonly cheque?: Cheque;
  /** Only while this block is to take the place of a cheque, and the network has confirmed neither of the two. */
  readonly revokes?: ChequeBlock;
}

/** For what, and to whom, a signed block was handed over (protocol.md section 7, rule 16). */
export interface Cheque {
  readonly payment: PaymentId;
  readonly site: Site;
}

/** A signed block in the hands of a site. */
export type ChequeBlock = OwnBlock & { readonly cheque: Cheque };

/** Writes a signed block where a crash cannot lose it. */
export type Record = (own: OwnBlock) => Promise<void>;

/** The chain head as it stands after an own block: nobody has to be believed about it. */
export function headAfter({ account, hash, block }: OwnBlock): OpenHead {
  return {
    kind: 'open',
    account,
    hash,
    balance: block.balance,
    representative: block.representative,
    confirmed: false,
  };
}

/** The cheque that keeps an account waiting whose newest own block this is: it is out, or being revoked. */
export function chequeOutOn(newest: OwnBlock | null): ChequeBlock | null {
  if (newest === null) return null;
  return newest.revokes ?? (isCheque(newest) ? newest : null);
}

/** The block as one like any other: a cheque that was cashed, or what has taken a cheque's place for good. */
export function settledBlock({ cheque: _, revokes: __, ...own }: OwnBlock): OwnBlock {
  return own;
}

function isCheque(own: OwnBlock): own is ChequeBlock {
  return own.cheque !== undefined;
}
