import { inTransaction } from './in-transaction.ts';
import type { Database } from './schema.ts';

/**
 * Deletes every record of every store, the sealed seed included, in one transaction: all of them or none. The payments
 * and transfers that are still on their way find no record of theirs, and write none.
 */
export async function eraseRecords(database: Database): Promise<void> {
  const names = [...database.objectStoreNames];
  const transaction = database.transaction(names, 'readwrite', { durability: 'strict' });
  await inTransaction(transaction, async () => {
    await Promise.all(names.map(async (name) => transaction.objectStore(name).clear()));
  });
}

/** How many payments have a block and have not brought what was paid for yet; without those of private windows. */
export const undeliveredPayments = (database: Database): Promise<number> =>
  database.countFromIndex('payments', 'undelivered');
