import type { StoreNames } from 'idb';
import { inTransaction } from './in-transaction.ts';
import type { Database, PurseSchema } from './schema.ts';

/** The number of records that are read and written at once. */
const PAGE = 500;

/** One record with its key. */
interface Entry {
  readonly key: IDBValidKey;
  readonly value: unknown;
}

/**
 * Copies every record of one database into another that is empty, and reads the copy back.
 *
 * @returns whether the copy is the same, record by record
 */
export async function copyDatabase(from: Database, to: Database): Promise<boolean> {
  for (const name of from.objectStoreNames) {
    for await (const page of pagesOf(from, name)) await write(to, name, page);
  }
  for (const name of from.objectStoreNames) {
    const copied = pagesOf(to, name);
    for await (const page of pagesOf(from, name)) {
      const { value } = await copied.next();
      if (textOf(page) !== textOf(value ?? [])) return false;
    }
    if ((await copied.next()).done !== true) return false;
  }
  return true;
}

type Name = StoreNames<PurseSchema>;

/** All records of a store, in the order of their keys. */
async function* pagesOf(database: Database, name: Name): AsyncGenerator<readonly Entry[], undefined> {
  let range: IDBKeyRange | undefined;
  for (;;) {
    const store = database.transaction(name).store as unknown as AnyStore;
    const [keys, values] = await Promise.all([store.getAllKeys(range, PAGE), store.getAll(range, PAGE)]);
    const last = keys.at(-1);
    if (last === undefined) return;
    yield keys.map((key, at) => ({ key, value: values[at] }));
    range = IDBKeyRange.lowerBound(last, true);
  }
}

async function write(database: Database, name: Name, page: readonly Entry[]): Promise<void> {
  const transaction = database.transaction(name, 'readwrite', { durability: 'strict' });
  const store = transaction.store as unknown as AnyStore;
  await inTransaction(transaction, async () => {
    const isOutside = store.keyPath === null;
    await Promise.all(page.map(({ key, value }) => store.put(value, isOutside ? key : undefined)));
  });
}

/** The part of a store that is the same for all stores. */
interface AnyStore {
  readonly keyPath: string | string[] | null;
  getAllKeys(range: IDBKeyRange | undefined, count: number): Promise<readonly IDBValidKey[]>;
  getAll(range: IDBKeyRange | undefined, count: number): Promise<readonly unknown[]>;
  put(value: unknown, key?: IDBValidKey): Promise<IDBValidKey>;
}

/** Records as text: equal records have equal texts. */
const textOf = (page: readonly Entry[]): string =>
  JSON.stringify(page, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
