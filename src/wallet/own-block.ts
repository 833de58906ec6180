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

/**
 * A block that this wallet signed, as it is stored before a node sees it. At most one of `due`, `handedOver` and
 * `replaces` is set: `dispositionOf` tells which. Databases and backups have these fields, so a new name needs a migration.
 */
export interface OwnBlock {
  readonly network: string;
  readonly account: NanoAddress;
  readonly hash: BlockHash;
  readonly subtype: Subtype;
  readonly block: SignedBlock;
  /** By how much the block changes the account's balance, without a sign (raw). */
  readonly delta: Raw;
  /**
   * The lowest own block that the branch below this one excludes: another block was in its place when this one was
   * signed. The network confirms at most one of the two. Absent where the branch excludes no own block.
   */
  readonly excludes?: BlockHash;
  /** Only for a send that pays an offer and is published by this wallet: for what it pays, and its deadline. */
  readonly due?: Due;
  /**
   * Only while others may publish the block and it is not known to be on the ledger: it was handed to a site, or withheld
   * after its deadline.
   */
  readonly handedOver?: HandedOver;
  /** Only while this block is to replace a handed-over one, and the network has confirmed neither of the two. */
  readonly replaces?: HandedOverBlock;
}

/** For what a signed block pays, and whom (docs/WIRE.md §7.16). */
export interface HandedOver {
  readonly payment: PaymentId;
  /** Null for a private window, whose sites are not stored (invariant 12). */
  readonly site: Site | null;
}

/** A payment that buys nothing once its deadline has passed. */
export interface Due extends HandedOver {
  /** The deadline (ms since the epoch). */
  readonly by: number;
}

/** A signed block that others may publish. */
export type HandedOverBlock = OwnBlock & { readonly handedOver: HandedOver };

/** Who may publish an own block, and until when. */
export type Disposition =
  /** Only this wallet publishes it, at any time. */
  | { readonly kind: 'ordinary' }
  /** Only this wallet publishes it, until the deadline of what it pays for. */
  | { readonly kind: 'due'; readonly due: Due }
  /** Others may publish it, and this wallet does not. */
  | { readonly kind: 'handedOver'; readonly handedOver: HandedOverBlock }
  /** It replaces a block that others may still publish. */
  | { readonly kind: 'replaces'; readonly handedOver: HandedOverBlock };

/** Stores a signed block, so that a crash after it cannot lose the block. Rejects when it could not. */
export type PersistBlock = (own: OwnBlock) => Promise<void>;

/** Finds the own block with a hash; null when this wallet did not sign it. */
export type FindOwnBlock = (hash: BlockHash) => Promise<OwnBlock | null>;

/** The disposition of an own block, read from its stored fields. */
export function dispositionOf(own: OwnBlock): Disposition {
  if (own.replaces !== undefined) return { kind: 'replaces', handedOver: own.replaces };
  if (isHandedOver(own)) return { kind: 'handedOver', handedOver: own };
  if (own.due !== undefined) return { kind: 'due', due: own.due };
  return { kind: 'ordinary' };
}

/** The chain head after an own block. No node has to be believed about it. */
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
 * The chain head before an own block, which was proven when the block was signed. After a change of the representative
 * it names the new one, since the old one is not stored.
 */
export function headBefore({ account, subtype, block, delta }: OwnBlock): ChainHead {
  if (block.previous === ZERO_HASH) return { kind: 'unopened', account };
  const { previous, representative } = block;
  const balance = subtype === 'send' ? addRaw(block.balance, delta) : subtractRaw(block.balance, delta);
  return { kind: 'open', account, hash: previous, balance, representative, confirmed: false };
}

/**
 * The handed-over block that keeps an account from signing, given the account's newest own block: that block itself, or
 * the one that it replaces. Null where the account can sign.
 */
export function handedOverOn(newest: OwnBlock | null): HandedOverBlock | null {
  if (newest === null) return null;
  const disposition = dispositionOf(newest);
  switch (disposition.kind) {
    case 'handedOver':
    case 'replaces':
      return disposition.handedOver;
    case 'ordinary':
    case 'due':
      return null;
  }
}

/** Why an account cannot pay while its signed block is handed over. */
export function handedOverFault({ site }: HandedOver): Fault {
  return site === null ? new Fault('fault_chequeOutPrivate') : new Fault('fault_chequeOut', [site]);
}

/** Whether a fault says only that a signed block is handed over. */
export const isHandedOverFault = ({ key }: Fault): boolean =>
  key === 'fault_chequeOut' || key === 'fault_chequeOutPrivate';

/** The block as an ordinary one: after its payee published it, or after it has replaced a handed-over block for good. */
export function settledBlock({ due: _, handedOver: __, replaces: ___, ...own }: OwnBlock): OwnBlock {
  return own;
}

/**
 * A block past its deadline as a handed-over one: a node may have it although none shows it, so it is replaced like a
 * block that a site has. Null for a block without a deadline, or before it.
 *
 * @param now the current time (ms since the epoch)
 */
export function withheld(own: OwnBlock, now: number): HandedOverBlock | null {
  const disposition = dispositionOf(own);
  if (disposition.kind !== 'due' || now < disposition.due.by) return null;
  const { payment, site } = disposition.due;
  const { due: _, ...block } = own;
  return { ...block, handedOver: { payment, site } };
}

function isHandedOver(own: OwnBlock): own is HandedOverBlock {
  return own.handedOver !== undefined;
}
