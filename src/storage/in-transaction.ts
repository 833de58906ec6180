import type { IDBPTransaction, StoreNames } from 'idb';
import type { PurseSchema } from './schema.ts';

/** Runs `work` within a transaction and waits until it is on disk. When `work` fails, nothing of it is written. */
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
    // A failed write has aborted its transaction already.
  }
  throw failure;
}
