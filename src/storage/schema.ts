import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { NetworkProfile } from '../nano/network.ts';
import type { NotPaidReason } from '../payments/not-paid-reason.ts';
import type { AnyPayment } from '../payments/private-record.ts';
import type { Budget } from '../policy/budget.ts';
import type { SpendingRow, SumKey } from '../policy/reservation.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import type { Transfer } from '../wallet/transfer.ts';

/** The sort key of lists, and the start of the next page: a time and an id; for some transfers see `placeOf`. */
export type Place = readonly [at: number, id: string];

/**
 * A payment on the disk, with the keys of its indexes. The row of a payment from a private window has no keys that name
 * a request, nor has that of a test.
 */
export interface PaymentRow {
  readonly id: string;
  readonly place: Place;
  readonly payment: AnyPayment;
  readonly once: string;
  readonly challenge?: string;
  readonly resource?: readonly [network: string, resource: string, at: number];
  /** Only once a block was signed: the account that it pays. */
  readonly payee?: readonly [network: string, payTo: string];
  /** Only while the payment is under way; the index holds no other rows. */
  readonly underway?: 1;
  /** Only while the payment has a block and no content yet. */
  readonly undelivered?: readonly [network: string, method: string, url: string];
}

/** Why a 402 was left to the page. Contains no offer, no header and no proof, and no URL of a private window. */
export interface LogLine {
  readonly at: number;
  readonly site: string | null;
  readonly url: string | null;
  readonly key: NotPaidReason;
  readonly args: readonly string[];
  /** The URI of a payment by hand, where the server's answer says one. */
  readonly link?: string;
  /** The number of 402s of the site that the line stands for, where it is more than one. */
  readonly times?: number;
  /** By how much the clock of the site was ahead of this device's (ms), where they differed by more than a minute. */
  readonly clockSkew?: number;
}

export interface PurseSchema extends DBSchema {
  /** The vault's records by name: the sealed seed and others. */
  vault: { key: string; value: unknown };
  settings: { key: string; value: unknown };
  networks: { key: string; value: NetworkProfile };
  payments: {
    key: string;
    value: PaymentRow;
    indexes: {
      place: [number, string];
      once: string;
      challenge: string;
      resource: [string, string, number];
      payee: [string, string];
      underway: number;
      undelivered: [string, string, string];
    };
  };
  transfers: {
    key: string;
    value: Transfer & { readonly place: Place };
    indexes: { place: [number, string] };
  };
  budgets: { key: [string, string]; value: Budget };
  spending: { key: SumKey; value: SpendingRow };
  blocked: { key: string; value: { readonly site: string; readonly at: number } };
  chains: { key: [string, string]; value: OwnBlock };
  /** Every block that this wallet signed. A block that the ledger lacks is published again. */
  blocks: { key: string; value: OwnBlock };
  work: { key: string; value: unknown };
  workIntents: { key: string; value: unknown };
  log: { key: number; value: LogLine };
}

export type Database = IDBPDatabase<PurseSchema>;

export type Upgrade = IDBPTransaction<PurseSchema, StoreNames<PurseSchema>[], 'versionchange'>;
