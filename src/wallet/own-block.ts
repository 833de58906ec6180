import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { addRaw, type Raw, subtractRaw } from '../nano/amount.ts';
import {
  type BlockHash,
  type ChainHead,
  type OpenHead,
  type SignedBlock,
  type StateBlock,
  type Subtype,
  ZERO_HASH,
} from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Site } from '../site.ts';

/** A block this purse signed, as it is written down before any network sees it. */
export interface OwnBlock {
  readonly network: string;
  readonly account: NanoAddress;
  readonly hash: BlockHash;
  readonly subtype: Subtype;
  readonly block: SignedBlock;
  /** By how much the block changes the account's balance, whichever way (raw). */
  readonly moved: Raw;
  /**
   * Only for a block that was built beside an own one that had lost its place: that one, as low as possible. The branch
   * below this block has another block in its place, so that the network confirms one of the two at most.
   */
  readonly excludes?: BlockHash;
  /** Only for a send that pays an offer from here: what for, and until when a ledger may still learn of it. */
  readonly due?: Due;
  /**
   * Only while the block may be published by others than us, and is not known to be on the ledger: it is in the hands
   * of a site, or was held back when its time had come and gone.
   */
  readonly cheque?: HandedOver;
  /** Only while this block is to take the place of a cheque, and the network has confirmed neither of the two. */
  readonly revokes?: HandedOverBlock;
}

/** For what a signed block pays, and whom (docs/WIRE.md §7.16). */
export interface HandedOver {
  readonly payment: PaymentId;
  /** Null for one of a private window, whose site is not written down (invariant 12). */
  readonly site: Site | null;
}

/** A payment that buys nothing any more when its block lands too late. */
export interface Due extends HandedOver {
  /** When it is too late (ms). */
  readonly by: number;
}

/** A signed block that others may publish. */
export type HandedOverBlock = OwnBlock & { readonly cheque: HandedOver };

/** Writes a signed block where a crash cannot lose it. */
export type PersistBlock = (own: OwnBlock) => Promise<void>;

/** The chain head as it stands after an own block: nobody has to be believed about it. */
export function headAfter({
  account,
  hash,
  block,
}: Pick<OwnBlock, 'account' | 'hash'> & { readonly block: StateBlock }): OpenHead {
  return {
    kind: 'open',
    account,
    hash,
    balance: block.balance,
    representative: block.representative,
    confirmed: false,
  };
}

/**
 * The chain head as it stood before an own block, which was proven when the block was signed. Of a block that changes the
 * representative it names the one after the change: nothing else is known here.
 */
export function headBefore({ account, subtype, block, moved }: OwnBlock): ChainHead {
  if (block.previous === ZERO_HASH) return { kind: 'unopened', account };
  const { previous, representative } = block;
  const balance = subtype === 'send' ? addRaw(block.balance, moved) : subtractRaw(block.balance, moved);
  return { kind: 'open', account, hash: previous, balance, representative, confirmed: false };
}

/** The cheque that keeps an account waiting whose newest own block this is: it is out, or being revoked. */
export function handedOverOn(newest: OwnBlock | null): HandedOverBlock | null {
  if (newest === null) return null;
  return newest.revokes ?? (isHandedOver(newest) ? newest : null);
}

/** Why an account cannot pay while its signed block is out. */
export function handedOverFault({ site }: HandedOver): Fault {
  return site === null ? new Fault('fault_chequeOutPrivate') : new Fault('fault_chequeOut', [site]);
}

/** Whether all that stands in the way is a signed block that is out. */
export const isHandedOverFault = ({ key }: Fault): boolean =>
  key === 'fault_chequeOut' || key === 'fault_chequeOutPrivate';

/** The block as one like any other: a cheque that was cashed, or what has taken a cheque's place for good. */
export function settledBlock({ due: _, cheque: __, revokes: ___, ...own }: OwnBlock): OwnBlock {
  return own;
}

/**
 * A block that nobody published in time, as the cheque that it is from then on: a node may have it all the same, so it
 * is taken back like one, and never replaced blindly. Null for a block that pays nothing, or is not too late.
 */
export function withheld({ due, ...own }: OwnBlock, now: number): HandedOverBlock | null {
  if (due === undefined || now < due.by) return null;
  const { payment, site } = due;
  return { ...own, cheque: { payment, site } };
}

function isHandedOver(own: OwnBlock): own is HandedOverBlock {
  return own.cheque !== undefined;
}
