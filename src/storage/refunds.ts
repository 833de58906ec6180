import type { IDBPTransaction, StoreNames } from 'idb';
import type { PaymentId } from '../payment-id.ts';
import type { Refund } from '../payments/payment.ts';
import type { AnyPayment } from '../payments/private-record.ts';
import { refundBy, refunded } from '../payments/refund.ts';
import { refund as refundSums, sumKeys } from '../policy/reservation.ts';
import type { Transfer } from '../wallet/transfer.ts';
import { rowOf } from './payment-row.ts';
import type { PurseSchema } from './schema.ts';
import { countedFor, readSums, writeSums } from './spending.ts';

type Transaction<S extends StoreNames<PurseSchema>> = IDBPTransaction<PurseSchema, S[], 'readwrite'>;

/** How many payments are searched for the one that a receive refunds, the newest before it. */
const SEARCHED = 500;

/**
 * Writes a receive that is on the ledger as the refund of a payment, and takes it off the sums in which that counts, in the
 * caller's transaction. Returns the payment's id; null where it refunds none.
 */
export async function creditRefund<S extends StoreNames<PurseSchema>>(
  transaction: Transaction<S | 'payments' | 'spending'>,
  transfer: Transfer,
): Promise<PaymentId | null> {
  const found = await refundedPayment(transaction, transfer);
  if (found === null) return null;
  const { payment, refund } = found;
  const counted = countedFor(payment.intent);
  const spending = await readSums(transaction, sumKeys(counted));
  await Promise.all([
    transaction.objectStore('payments').put(rowOf(refunded(payment, refund))),
    writeSums(transaction, refundSums(spending, counted, refund.counted)),
  ]);
  return payment.intent.id;
}

/** The newest payment that the whole receive can be a refund of, or else a part of it. */
async function refundedPayment<S extends StoreNames<PurseSchema>>(
  transaction: Transaction<S | 'payments'>,
  transfer: Transfer,
): Promise<{ readonly payment: AnyPayment; readonly refund: Refund } | null> {
  const { kind, network, counterparty, at, amount } = transfer;
  if (kind !== 'received') return null;
  const payments = transaction.objectStore('payments');
  // Most receives come from accounts that were never paid.
  if ((await payments.index('payee').getKey([network.id, counterparty])) === undefined) return null;
  let inPart: { readonly payment: AnyPayment; readonly refund: Refund } | null = null;
  let cursor = await payments.index('place').openCursor(IDBKeyRange.upperBound([at, []]), 'prev');
  for (let searched = 0; cursor !== null && searched < SEARCHED; searched++) {
    const { payment } = cursor.value;
    const refund = refundBy(payment, transfer);
    if (refund?.counted === amount) return { payment, refund };
    if (refund !== null) inPart ??= { payment, refund };
    cursor = await cursor.continue();
  }
  return inPart;
}
