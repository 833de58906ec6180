/** What of the purse goes into a backup, store by store: all of it out in one transaction, all of it in in another. */
import type { IDBPTransaction, StoreKey, StoreNames, StoreValue } from 'idb';
import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import { NetworkProfileText } from '../../nano/network.ts';
import { copyOf } from '../../payments/payment.ts';
import { BudgetSchema, Moment, SiteText } from '../../policy/budget-schema.ts';
import type { SpendingRow } from '../../policy/reservation.ts';
import { inTransaction } from '../in-transaction.ts';
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

interface Kept {
  /** Every record, in the words of a backup but for its bigints. */
  readonly take: (transaction: Reading) => Promise<readonly unknown[]>;
  /** Reads records as a backup has them. @throws ValiError for any that is none; RangeError for two of one key */
  readonly read: (records: unknown) => Write;
}

/** Left out, and why nothing is lost by it. */
interface LeftOut {
  readonly leftOut: string;
}

interface Keeping<Name extends Store, Item> {
  /** How one record is read. */
  readonly item: v.GenericSchema<unknown, Item>;
  /** What of a row is written down. */
  readonly of: (row: StoreValue<PurseSchema, Name>, key: StoreKey<PurseSchema, Name>) => unknown;
  readonly row: (item: Item) => StoreValue<PurseSchema, Name>;
  /** What is one of its kind. */
  readonly key: (item: Item) => StoreKey<PurseSchema, Name>;
  /** Whether a row is taken; all are, by default. */
  readonly takes?: (key: StoreKey<PurseSchema, Name>) => boolean;
}

function kept<Name extends Store, Item>(
  name: Name,
  { item, of, row, key, takes = () => true }: Keeping<Name, Item>,
): Kept {
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

/** Every store of the purse: how it is kept, or why it is not. A new store is a compile error until it stands here. */
export const STORES: Readonly<Record<Store, Kept | LeftOut>> = {
  vault: { leftOut: 'the seed is in the backup by itself, and is sealed anew where it is restored' },
  settings: kept('settings', {
    item: SettingText,
    of: (value, name) => ({ name, value }),
    row: ({ value }) => value,
    key: ({ name }) => name,
    // Two browsers of one seed must not take its accounts in the same order.
    takes: isPortable,
  }),
  networks: kept('networks', { item: NetworkProfileText, of: same, row: same, key: ({ id }) => id }),
  payments: kept('payments', {
    item: PaymentText,
    of: ({ payment }) => payment,
    row: (payment) => rowOf(copyOf(payment)),
    key: ({ intent }) => intent.id,
  }),
  transfers: kept('transfers', {
    item: TransferText,
    of: ({ place: _, ...transfer }) => transfer,
    row: (transfer) => ({ ...transfer, place: placeOf(transfer) }),
    key: ({ id }) => id,
  }),
  budgets: kept('budgets', {
    item: BudgetSchema,
    of: same,
    row: same,
    key: ({ network, site }) => [network, site],
  }),
  spending: kept('spending', {
    item: v.strictObject({
      network: v.string(),
      site: v.string(),
      window: v.string(),
      spent: SumText,
    } satisfies Fields<SpendingRow>),
    of: same,
    row: same,
    key: ({ network, site, window }) => [network, site, window],
  }),
  blocked: kept('blocked', { item: Listed, of: same, row: same, key: ({ site }) => site }),
  blockTakers: kept('blockTakers', { item: Listed, of: same, row: same, key: ({ site }) => site }),
  chains: kept('chains', {
    item: OwnBlockText,
    of: same,
    row: same,
    key: ({ network, account }) => [network, account],
  }),
  blocks: kept('blocks', { item: OwnBlockText, of: same, row: same, key: ({ hash }) => hash }),
  work: { leftOut: 'work is found again for whatever block stands at the head' },
  workIntents: { leftOut: 'work is asked for again once the head is known' },
  log: { leftOut: 'what was not paid, and where: of use to the browser it happened in alone' },
};

const KEPT = (Object.entries(STORES) as [Store, Kept | LeftOut][]).filter(
  (entry): entry is [Store, Kept] => !('leftOut' in entry[1]),
);
const EVERYTHING = Object.keys(STORES) as Store[];

/** Every kept record by its store, as they stood at one moment. */
export type Records = Readonly<Record<string, readonly unknown[]>>;

/** Takes everything that is kept, in one transaction. */
export async function takeRecords(database: Database): Promise<Records> {
  const transaction = database.transaction(EVERYTHING);
  return Object.fromEntries(
    await Promise.all(KEPT.map(async ([name, store]) => [name, await store.take(transaction)] as const)),
  );
}

const RecordsText = v.strictObject(Object.fromEntries(KEPT.map(([name]) => [name, v.unknown()])));

/**
 * Reads records as a backup has them, and gives what writes them down. No record is written before all are read.
 *
 * @throws ValiError for a store that is missing or too many, and for any record that is none; RangeError for two of one
 * key
 */
export function readRecords(records: unknown): (database: Database, sealed: unknown) => Promise<void> {
  const read = v.parse(RecordsText, records);
  const writes = KEPT.map(([name, store]) => store.read(read[name]));
  return (database, sealed) => write(database, sealed, writes);
}

/**
 * Writes it all in one transaction, with the sealed seed: the whole purse or nothing.
 *
 * @throws Fault `fault_vaultExists` where there is a purse, or what one has left behind
 */
async function write(database: Database, sealed: unknown, writes: readonly Write[]): Promise<void> {
  const transaction = database.transaction(EVERYTHING, 'readwrite', { durability: 'strict' });
  await inTransaction(transaction, async () => {
    const purse = [
      transaction.objectStore('vault').count('sealed'),
      transaction.objectStore('payments').count(),
      transaction.objectStore('chains').count(),
    ];
    if ((await Promise.all(purse)).some((count) => count > 0)) throw new Fault('fault_vaultExists');
    await Promise.all(KEPT.map(([name]) => transaction.objectStore(name).clear()));
    await Promise.all(writes.map((each) => each(transaction)));
    await transaction.objectStore('vault').put(sealed, 'sealed');
  });
}
