import { type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames, wrap } from 'idb';
import { Fault } from '../fault.ts';
import type { NetworkProfile } from '../nano/network.ts';
import type { Budget } from '../payments/budget.ts';
import type { Left } from '../payments/cashier.ts';
import type { OwnBlock } from '../payments/own-block.ts';
import type { AnyPayment } from '../payments/private-record.ts';
import type { Transfer } from '../payments/transfer.ts';
import { countInWindows } from './version-3.ts';
import { markOrdinary } from './version-5.ts';

/** A moment and an id, but for some transfers (see `placeOf`): the order of lists, and where the next page of one begins. */
export type Place = readonly [at: number, id: string];

/**
 * A payment as it lies on disk: beside it, the keys by which it is found again. One of a private window is a record
 * without the keys that name a request.
 */
export interface PaymentRow {
  readonly id: string;
  readonly place: Place;
  readonly payment: AnyPayment;
  readonly once: string;
  readonly challenge?: string;
  readonly resource?: readonly [network: string, resource: string, at: number];
  /** Only once a block was signed: this account was paid. */
  readonly payee?: readonly [network: string, payTo: string];
  /** Only while the purse must carry on by itself; without it, the index does not hold the row. */
  readonly underway?: 1;
  /** Only while a block waits for what it pays for. */
  readonly undelivered?: readonly [network: string, method: string, url: string];
}

/** What a site, or all of them together, has spent and reserved in one window of time (raw). */
export interface SpendingRow {
  readonly network: string;
  readonly site: string;
  readonly window: string;
  readonly spent: bigint;
}

/** Why a 402 was left to the page. It holds no offer, no header and no proof; of a private window no address either. */
export interface LogLine {
  readonly at: number;
  readonly site: string | null;
  readonly url: string | null;
  readonly key: Left;
  readonly args: readonly string[];
  /** For how many 402s of the site the line stands, where it is more than one. */
  readonly times?: number;
}

export interface PurseSchema extends DBSchema {
  /** The sealed seed and what belongs to it, by name. */
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
  spending: { key: [string, string, string]; value: SpendingRow };
  blocked: { key: string; value: { readonly site: string; readonly at: number } };
  /** The sites that may ask for signed blocks to publish themselves. */
  blockTakers: { key: string; value: { readonly site: string; readonly at: number } };
  chains: { key: [string, string]; value: OwnBlock };
  /** Every block this purse signed: what a ledger lost, or never heard of, is published again. */
  blocks: { key: string; value: OwnBlock };
  work: { key: string; value: unknown };
  workIntents: { key: string; value: unknown };
  log: { key: number; value: LogLine };
}

export type Database = IDBPDatabase<PurseSchema>;

const VERSION = 5;

type Upgrade = IDBPTransaction<PurseSchema, StoreNames<PurseSchema>[], 'versionchange'>;

/**
 * Opens the purse's one database, making or migrating it.
 *
 * @param factory whose databases it is one of: a storage bucket has its own.
 * @throws Fault `fault_storageUnusable` where the browser does not let the purse keep data: it never works around that;
 * `fault_storageNewer` where a later version of the purse has kept it
 */
export async function openDatabase(name: string, factory: IDBFactory = indexedDB): Promise<Database> {
  let broken: unknown;
  try {
    const request = factory.open(name, VERSION);
    request.addEventListener('upgradeneeded', ({ oldVersion }) => {
      const database = wrap(request.result) as unknown as Database;
      const transaction = wrap(request.transaction as IDBTransaction) as unknown as Upgrade;
      upgrade(database, transaction, oldVersion).catch((failure: unknown) => {
        broken = failure;
        transaction.abort();
      });
    });
    const database = (await wrap(request)) as unknown as Database;
    // A later version of the purse comes to open it: what this one holds must not keep it waiting.
    database.addEventListener('versionchange', () => database.close());
    return database;
  } catch (cause) {
    const isNewer = cause instanceof DOMException && cause.name === 'VersionError';
    throw new Fault(isNewer ? 'fault_storageNewer' : 'fault_storageUnusable', [], { cause: broken ?? cause });
  }
}

/** A step that fails takes the whole migration back, and with it the opening: the data stays as it was. */
async function upgrade(database: Database, transaction: Upgrade, from: number): Promise<void> {
  if (from < 1) createFirst(database);
  if (from < 2) database.createObjectStore('blockTakers', { keyPath: 'site' });
  if (from < 4) database.createObjectStore('blocks', { keyPath: 'hash' });
  transaction.done.catch(() => undefined);
  if (from < 3) await countInWindows(database, transaction);
  if (from < 5) await markOrdinary(transaction);
}

function createFirst(database: Database): void {
  database.createObjectStore('vault');
  database.createObjectStore('settings');
  database.createObjectStore('networks', { keyPath: 'id' });
  const payments = database.createObjectStore('payments', { keyPath: 'id' });
  payments.createIndex('place', 'place', { unique: true });
  payments.createIndex('once', 'once');
  payments.createIndex('challenge', 'challenge');
  payments.createIndex('resource', 'resource');
  payments.createIndex('payee', 'payee');
  payments.createIndex('underway', 'underway');
  payments.createIndex('undelivered', 'undelivered');
  database.createObjectStore('transfers', { keyPath: 'id' }).createIndex('place', 'place', { unique: true });
  database.createObjectStore('budgets', { keyPath: ['network', 'site'] });
  database.createObjectStore('spending', { keyPath: ['network', 'site', 'day'] });
  database.createObjectStore('blocked', { keyPath: 'site' });
  database.createObjectStore('chains', { keyPath: ['network', 'account'] });
  database.createObjectStore('work');
  database.createObjectStore('workIntents');
  database.createObjectStore('log', { autoIncrement: true });
}
