import { addRaw, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import { type Debit, debitOf } from '../policy/debit.ts';
import type { Transfer } from '../wallet/transfer.ts';
import type { Refund } from './payment.ts';
import { type AnyPayment, siteOnDisk } from './private-record.ts';

/**
 * What a payment counts as in the sums of its site and of all sites: what it was debited as, without what was sent back of it.
 */
export function countedOf({ intent, refunds = [] }: Pick<AnyPayment, 'intent' | 'refunds'>): Debit {
  const { price, tag } = debitOf(siteOnDisk(intent), intent);
  const back = refunds.reduce((sum, { counted }) => addRaw(sum, counted), ZERO);
  return { price: back > price ? ZERO : subtractRaw(price, back), tag };
}

/**
 * The refund that a receive is of a payment; null where it is none. It comes from the account that was paid, after that was
 * paid, while something of the price is left that was not sent back. At most that counts.
 */
export function refundBy(
  payment: AnyPayment,
  { id, network, counterparty, at, amount }: Transfer,
): Refund | null {
  const { intent } = payment;
  if (intent.network.id !== network.id || intent.offer.payTo !== counterparty) return null;
  if (intent.at > at || !hasLeft(payment)) return null;
  const { price } = countedOf(payment);
  return price === ZERO ? null : { source: id, at, amount, counted: least(amount, price) };
}

/** The payment with one refund more. */
export function refunded<P extends AnyPayment>(payment: P, refund: Refund): P {
  return { ...payment, refunds: [...(payment.refunds ?? []), refund] };
}

/** Whether the payee has the money, or a block with which it can take the money. */
function hasLeft({ progress: { state } }: AnyPayment): boolean {
  switch (state) {
    case 'approved':
    case 'signed':
    case 'published':
    case 'revoked':
    case 'abandoned':
      return false;
    case 'confirmed':
    case 'proven':
    case 'delivered':
    case 'settled':
    case 'refused':
    case 'unanswered':
      return true;
  }
}

const least = (one: Raw, other: Raw): Raw => (one < other ? one : other);
