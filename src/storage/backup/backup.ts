/** Which records of each store a backup contains. They are read in one transaction, and written in one. */
import type { IDBPTransaction, StoreKey, StoreNames, StoreValue } from 'idb';
import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import { NetworkProfileText } from '../../nano/network.ts';
import { copyOf } from '../../payments/payment.ts';
import { BudgetSchema, Moment, SiteText } from '../../policy/budget-schema.ts';
import type { SpendingRow } from '../../policy/reservation.ts';
import { inTransaction } from '../in-transaction.ts';
import { renameRecords } from '../migrations/v6.ts';
import { recordsOf7 } from '../migrations/v7.ts';
import { rowOf } from '../payment-row.ts';
import type { Database, PurseSchema } from '../schema.ts';
import { isPortable, SettingText } from '../settings.ts';
import { placeOf } from '../transfers.ts';
import type { Fields } from './fields.ts';
import { OwnBlockText, PaymentText, SumText, TransferText } from './payments.ts';

type Store = StoreNames<PurseSchema>;
type Reading = IDBPTransaction<PurseSchema, Store[], 'readonly'>;
type Writing = IDBPTransaction<PurseSchema, Store[], 'readwrite'>;

/** Writes the records of one store. */
type Write = (transaction: Writing) => Promise<void>;

/** A store that a backup contains. */
interface Included {
  /** Returns every record in the format of a backup, except that amounts are bigints. */
  readonly take: (transaction: Reading) => Promise<readonly unknown[]>;
  /** Reads the records of a backup. @throws ValiError for an invalid record; RangeError for two records of one key */
  readonly read: (records: unknown) => Write;
}

/** A store that a backup omits, and why nothing is lost. */
interface LeftOut {
  readonly leftOut: string;
}

interface Inclusion<Name extends Store, Item> {
  /** The schema of one record in a backup. */
  readonly item: v.GenericSchema<unknown, Item>;
  /** The record of a row. */
  readonly of: (row: StoreValue<PurseSchema, Name>, key: StoreKey<PurseSchema, Name>) => unknown;
  readonly row: (item: Item) => StoreValue<PurseSchema, Name>;
  /** The key of the row of a record. */
  readonly key: (item: Item) => StoreKey<PurseSchema, Name>;
  /** Whether a row is part of the backup. @default true */
  readonly takes?: (key: StoreKey<PurseSchema, Name>) => boolean;
}

function included<Name extends Store, Item>(
  name: Name,
  { item, of, row, key, takes = () => true }: Inclusion<Name, Item>,
): Included {
  const all = v.array(item);
  return {
    async take(transaction) {
      const store = transaction.objectStore(name);
      const [rows, names] = await Promise.all([store.getAll(), store.getAllKeys()]);
      const keys = names as StoreKey<PurseSchema, Name>[];
      return rows.flatMap((each, index) => {
        const name = keys[index];
        return name === undefined || !takes(name) ? [] : [of(each, name)];
      });
    },
    read(records) {
      const items = v.parse(all, records);
      const keys = new Set(items.map((each) => JSON.stringify(key(each))));
      if (keys.size < items.length) throw new RangeError('two records of one key');
      return async (transaction) => {
        const store = transaction.objectStore(name);
        const isOutside = store.keyPath === null;
        await Promise.all(items.map((each) => store.add(row(each), isOutside ? key(each) : undefined)));
      };
    },
  };
}

const same = <T>(value: T): T => value;
const Listed = v.strictObject({ site: SiteText, at: Moment });

/**
 * Every store of the database: how a backup contains it, or why it does not. A store that is missing here does not compile.
 */
export const STORES: Readonly<Record<Store, Included | LeftOut>> = {
  vault: { leftOut: 'a backup contains the seed itself, which is sealed again when it is restored' },
  settings: included('settings', {
    item: SettingText,
    of: (value, name) => ({ name, value }),
    row: ({ value }) => value,
    key: ({ name }) => name,
    // Two browsers with the same seed must not pay from its accounts in the same order.
    takes: isPortable,
  }),
  networks: included('networks', { item: NetworkProfileText, of: same, row: same, key: ({ id }) => id }),
  payments: included('payments', {
    item: PaymentText,
    of: ({ payment }) => payment,
    row: (payment) => rowOf(copyOf(payment)),
    key: ({ intent }) => intent.id,
  }),
  transfers: included('transfers', {
    item: TransferText,
    of: ({ place: _, ...transfer }) => transfer,
    row: (transfer) => ({ ...transfer, place: placeOf(transfer) }),
    key: ({ id }) => id,
  }),
  budgets: included('budgets', {
    item: BudgetSchema,
    of: same,
    row: same,
    key: ({ network, site }) => [network, site],
  }),
  spending: included('spending', {
    item: v.strictObject({
      network: v.string(),
      site: v.string(),
      window: v.string(),
      spent: SumText,
      tags: v.exactOptional(SumText),
    } satisfies Fields<SpendingRow>),
    of: same,
    row: same,
    key: ({ network, site, window }) => [network, site, window],
  }),
  blocked: included('blocked', { item: Listed, of: same, row: same, key: ({ site }) => site }),
  chains: included('chains', {
    item: OwnBlockText,
    of: same,
    row: same,
    key: ({ network, account }) => [network, account],
  }),
  blocks: included('blocks', { item: OwnBlockText, of: same, row: same, key: ({ hash }) => hash }),
  work: { leftOut: 'work can be searched for again' },
  workIntents: { leftOut: 'work is requested again once the head is known' },
  log: { leftOut: 'the log of unpaid 402s is of use in the browser where they happened only' },
};

const INCLUDED = (Object.entries(STORES) as [Store, Included | LeftOut][]).filter(
  (entry): entry is [Store, Included] => !('leftOut' in entry[1]),
);
const EVERYTHING = Object.keys(STORES) as Store[];

/** The records of a backup by store, as of one moment. */
export type Records = Readonly<Record<string, readonly unknown[]>>;

/** Reads all records of a backup from the database, in one transaction. */
export async function takeRecords(database: Database): Promise<Records> {
  const transaction = database.transaction(EVERYTHING);
  return Object.fromEntries(
    await Promise.all(INCLUDED.map(async ([name, store]) => [name, await store.take(transaction)] as const)),
  );
}

const RecordsText = v.strictObject(Object.fromEntries(INCLUDED.map(([name]) => [name, v.unknown()])));

/**
 * Reads the records of a backup, of an earlier version too, and returns a function that writes them. No record is written
 * before all are read.
 *
 * @throws ValiError for a missing or unknown store, and for an invalid record; RangeError for two records of one key
 */
export function readRecords(records: unknown): (database: Database, sealed: unknown) => Promise<void> {
  const read = v.parse(RecordsText, recordsOf7(renameRecords(records)));
  const writes = INCLUDED.map(([name, store]) => store.read(read[name]));
  return (database, sealed) => write(database, sealed, writes);
}

/**
 * Writes all records and the sealed seed in one transaction.
 *
 * @throws Fault `fault_vaultExists` where the database has a seed, payments or signed blocks
 */
async function write(database: Database, sealed: unknown, writes: readonly Write[]): Promise<void> {
  const transaction = database.transaction(EVERYTHING, 'readwrite', { durability: 'strict' });
  await inTransaction(transaction, async () => {
    const counts = [
      transaction.objectStore('vault').count('sealed'),
      transaction.objectStore('payments').count(),
      transaction.objectStore('chains').count(),
    ];
    if ((await Promise.all(counts)).some((count) => count > 0)) throw new Fault('fault_vaultExists');
    await Promise.all(INCLUDED.map(([name]) => transaction.objectStore(name).clear()));
    await Promise.all(writes.map((each) => each(transaction)));
    await transaction.objectStore('vault').put(sealed, 'sealed');
  });
}
