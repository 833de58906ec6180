import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash, OpenHead, SignedBlock, Subtype } from '../nano/block.ts';

/** A block this purse signed, as it is written down before any network sees it. */
export interface OwnBlock {
  readonly network: string;
  readonly account: NanoAddress;
  readonly hash: BlockHash;
  readonly subtype: Subtype;
  readonly block: SignedBlock;
  /** By how much the block changes the account's balance, whichever way (raw). */
  readonly moved: Raw;
}

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
