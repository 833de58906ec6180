import { isUnderway, type Progress, requestOf } from '../payments/payment.ts';
import { type AnyPayment, isWhole, onDisk } from '../payments/private-record.ts';
import type { PaymentRow } from './schema.ts';

/** Whether a payment has a block, and its content was not delivered yet. */
export function waitsForContent(progress: Pick<Progress, 'state'>): boolean {
  return 'hash' in progress && progress.state !== 'revoked' && progress.state !== 'settled';
}

/**
 * The row of a payment, with the index keys that its progress gives it. The row of a payment from a private window
 * names no site and no request (invariant 12); that of a test has no keys by which a request would find it.
 */
export function rowOf(whole: AnyPayment): PaymentRow {
  const payment = onDisk(whole);
  const { intent, progress } = payment;
  const { id, at, network, once, offer } = intent;
  const signed = 'hash' in progress && progress.state !== 'revoked';
  const row: PaymentRow = {
    id,
    place: [at, id],
    payment,
    once,
    ...(signed && { payee: [network.id, offer.payTo] }),
    ...(isUnderway(progress.state) && { underway: 1 }),
  };
  if (!isWhole(payment)) return row;
  const request = requestOf(payment.intent);
  if (request === null) return row;
  return {
    ...row,
    challenge: request.id,
    resource: [network.id, payment.intent.resource, at],
    ...(waitsForContent(progress) && { undelivered: [network.id, request.method, request.url] }),
  };
}
