import type { NanoAddress } from '../nano/account.ts';
import { parseXno, type Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { OwnBlock } from './own-block.ts';

/** Money that moved without a 402, or is to. */
export interface Transfer {
  readonly kind: 'received' | 'sent';
  /** Of a send its block; of a receive the send that it takes in, so that however often it is tried it is one transfer. */
  readonly id: BlockHash;
  /** Only of a receive: the block that takes it in. Rows of before there were states have that block as their id. */
  readonly block?: BlockHash;
  /** When it was first signed; of one that a node had refused, when the ledger took it (ms). */
  readonly at: number;
  readonly amount: Raw;
  readonly counterparty: NanoAddress;
  readonly network: { readonly id: string; readonly testMoney: boolean };
  /** Only while, or since, the block is not on the ledger. */
  readonly state?: TransferState;
}

/** Why a transfer is not done. */
export type TransferState =
  /** It is signed, and no node was seen to have it. */
  | { readonly kind: 'waiting' }
  /** A node refused it in these words, at this moment (ms) for the last time. It is tried again. */
  | { readonly kind: 'refused'; readonly said: string; readonly tries: number; readonly at: number }
  /** Another block was confirmed in the place of a send: it is never made. */
  | { readonly kind: 'replaced' };

/** An own block, and the transfer that it makes; null for what moves between the user's own accounts. */
export interface TransferEntry {
  readonly own: OwnBlock;
  readonly transfer: Transfer | null;
}

/** The purse's memory of transfers. Every method is one transaction. */
export interface TransferBook {
  /**
   * Writes blocks as their account's newest, oldest first, with the transfers that they make, which wait from then on: all
   * or nothing. A transfer that is tried again keeps its time, and what a node said of it.
   *
   * @throws Fault `fault_chequeOut`
   */
  record(entries: readonly TransferEntry[]): Promise<void>;
  /** Writes down what became of transfers; null when they are done. Nothing for one that is not there, or is done. */
  settle(ids: readonly BlockHash[], state: TransferState | null): Promise<void>;
  /** The transfers of an account that wait or were refused, newest first. */
  open(network: string, account: NanoAddress): Promise<readonly Transfer[]>;
  /** Forgets transfers that are not done: their money was taken in by somebody else's block. */
  forget(ids: readonly BlockHash[]): Promise<void>;
}

/** Below this (raw), what is received is listed apart: whoever sends it must not hide what else was done. */
export const SMALL = parseXno('0.0001');

/** Whether a transfer may yet be done. */
export const isOpen = ({ state }: Transfer): boolean => state !== undefined && state.kind !== 'replaced';

/** Whether a transfer is a receive that is done, and worth too little to be listed among payments. */
export const isSmall = ({ kind, amount, state }: Transfer): boolean =>
  kind === 'received' && state === undefined && amount < SMALL;

/** The block that makes the transfer. */
export const blockOf = ({ id, block }: Transfer): BlockHash => block ?? id;
