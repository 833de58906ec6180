import type { IDBPTransaction, StoreNames } from 'idb';
import type { PurseSchema } from './schema.ts';

/** Does `work` within a transaction and waits until it is on disk: all that it writes or, when it fails, nothing. */
export async function inTransaction<Stores extends ArrayLike<StoreNames<PurseSchema>>, T>(
  transaction: IDBPTransaction<PurseSchema, Stores, 'readwrite'>,
  work: () => Promise<T>,
): Promise<T> {
  const [result] = await Promise.all([
    work().catch((failure) => undo(transaction, failure)),
    transaction.done,
  ]);
  return result;
}

function undo(transaction: { abort(): void }, failure: unknown): never {
  try {
    transaction.abort();
  } catch {
    // A write that fails takes its transaction down by itself.
  }
  throw failure;
}
