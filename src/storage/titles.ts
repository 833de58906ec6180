import type { PaymentId } from '../payment-id.ts';
import { requestOf } from '../payments/payment.ts';
import { isWhole } from '../payments/private-record.ts';
import { rowOf } from './payment-row.ts';
import type { Database } from './schema.ts';

/**
 * Writes the title of the document that a payment bought. Does nothing for a payment of a private window, of which nothing
 * that names the site may be on the disk (invariant 12), and for one that has a title.
 *
 * @param title cleaned for display
 * @returns whether it was written
 */
export async function keepTitle(database: Database, id: PaymentId, title: string): Promise<boolean> {
  const transaction = database.transaction('payments', 'readwrite');
  const payment = (await transaction.store.get(id))?.payment;
  const isKept =
    payment !== undefined &&
    isWhole(payment) &&
    requestOf(payment.intent)?.isPrivate === false &&
    payment.title === undefined;
  if (isKept) await transaction.store.put(rowOf({ ...payment, title }));
  await transaction.done;
  return isKept;
}
