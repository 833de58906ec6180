import type { NanoAddress } from '../nano/account.ts';
import { parseXno, type Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import type { OwnBlock } from './own-block.ts';

/** A send or a receive that no 402 asked for. Stored: the names of the fields are those on the disk. */
export interface Transfer {
  readonly kind: 'received' | 'sent';
  /**
   * Of a send the hash of its block; of a receive the hash of the send that it receives, so that it is one transfer however
   * often it is tried.
   */
  readonly id: BlockHash;
  /** Only of a receive: its block. Rows that were stored before `state` existed have that hash as their `id`. */
  readonly block?: BlockHash;
  /** When it was first signed; when it was refused before, when it got to the ledger (ms since the epoch). */
  readonly at: number;
  /** Raw. */
  readonly amount: Raw;
  readonly counterparty: NanoAddress;
  readonly network: { readonly id: string; readonly testMoney: boolean };
  /** Absent once the block is on the ledger. */
  readonly state?: TransferState;
  /** Only of a receive: the payment of which it is a refund. Once set it stays, so that no receive counts twice. */
  readonly refundOf?: PaymentId;
}

/** Why a transfer is not done. */
export type TransferState =
  /** It is signed, and no node is known to have it. */
  | { readonly kind: 'waiting' }
  /** A node refused it in the words `said`, for the `tries`th time at `at` (ms since the epoch). It is tried again. */
  | { readonly kind: 'refused'; readonly said: string; readonly tries: number; readonly at: number }
  /** The network has confirmed another block in the place of a send, which can never get to the ledger. */
  | { readonly kind: 'replaced' };

/** An own block and its transfer; null for a move between the user's own accounts. */
export interface TransferEntry {
  readonly own: OwnBlock;
  readonly transfer: Transfer | null;
}

/** Stores transfers. Every method is one transaction. */
export interface TransferStore {
  /**
   * Stores blocks as the newest of their account, oldest first, and their transfers as `waiting`: all or nothing. A transfer
   * that is tried again keeps its time, and what a node said of it.
   *
   * @throws Fault as `ChainStore.put`
   */
  record(entries: readonly TransferEntry[]): Promise<void>;
  /**
   * Sets the state of transfers; null when they are on the ledger. Skips those that are not stored, or are done. A receive
   * that is on the ledger and comes from the payee of a payment is counted as its refund.
   */
  settle(ids: readonly BlockHash[], state: TransferState | null): Promise<void>;
  /** The transfers of an account that are waiting or refused, newest first. */
  open(network: string, account: NanoAddress): Promise<readonly Transfer[]>;
  /** Removes transfers that are not done: another wallet's block has received their money. */
  forget(ids: readonly BlockHash[]): Promise<void>;
}

/** Receives below this amount (raw) are listed apart, so that dust cannot hide other transfers. */
export const SMALL = parseXno('0.0001');

/** Whether a transfer is not done, and may still be. */
export const isOpen = ({ state }: Transfer): boolean => state !== undefined && state.kind !== 'replaced';

/** Whether a transfer is a done receive that is listed apart (see `SMALL`). */
export const isSmall = ({ kind, amount, state }: Transfer): boolean =>
  kind === 'received' && state === undefined && amount < SMALL;

/** The hash of the transfer's block. */
export const blockOf = ({ id, block }: Transfer): BlockHash => block ?? id;
