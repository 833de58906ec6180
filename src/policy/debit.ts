import { LARGEST_TAG, PRICE_PER_TAG, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { Mechanism } from '../protocol/offer/offer.ts';
import type { Site } from '../site.ts';

/** An amount in the two parts that are summed separately (raw). */
export interface Debit {
  /** What the limits of budgets count. */
  readonly price: Raw;
  /** The tag of a session, which makes the amount unique: no limit counts it. */
  readonly tag: Raw;
}

interface Debited {
  readonly amount: Raw;
  readonly offer: { readonly mechanism: Mechanism; readonly tagAmount?: Raw };
}

/**
 * What a payment is debited as. Limits count the price as it is shown, so 0.01 XNO and a tag fit into 0.01. Only the
 * tag of a nanoSession offer (docs/WIRE.md §3.4) counts as one, and only a small one, so that no price can hide in it.
 *
 * @param site null for a private window, whose tag is not written down: its whole amount counts
 */
export function debitOf(site: Site | null, { amount, offer }: Debited): Debit {
  return splitOf(amount, (site !== null && offer.mechanism === 'nanoSession' && offer.tagAmount) || ZERO);
}

/** An amount (raw) and the tag in it. A tag that is not small counts as price. */
export function splitOf(amount: Raw, tag: Raw): Debit {
  const price = subtractRaw(amount, tag);
  const isSmall = tag <= LARGEST_TAG && tag * PRICE_PER_TAG <= price;
  return isSmall ? { price, tag } : { price: amount, tag: ZERO };
}
