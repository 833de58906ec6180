import type { IDBPTransaction, StoreNames } from 'idb';
import type { Payment } from '../../payments/payment.ts';
import type { PurseSchema } from '../schema.ts';

type Upgrade = IDBPTransaction<PurseSchema, StoreNames<PurseSchema>[], 'versionchange'>;

/**
 * From version 4 to 5: a challenge states whether it is from a private window. Earlier versions recorded none of those.
 */
export async function markOrdinary(transaction: Upgrade): Promise<void> {
  let cursor = await transaction.objectStore('payments').openCursor();
  for (; cursor !== null; cursor = await cursor.continue()) {
    const row = cursor.value;
    const payment = row.payment as Payment;
    const challenge = { ...payment.intent.challenge, isPrivate: false };
    await cursor.update({ ...row, payment: { ...payment, intent: { ...payment.intent, challenge } } });
  }
}
