import * as v from 'valibot';
import { AddressText, type NanoAddress } from '../nano/account.ts';
import { type Raw, RawText, ZERO } from '../nano/amount.ts';
import { splitOf } from '../policy/debit.ts';
import { harderWorkOf, mechanismNames } from '../protocol/mechanisms/index.ts';
import type { Mechanism, Offer } from '../protocol/offer/offer.ts';
import { type OfferWarning, offerWarnings } from '../protocol/offer/terms.ts';
import { type Threshold, ThresholdSchema } from '../work/difficulty.ts';

/** What the user agreed to: an offer under the same terms needs no second question. */
export interface Deal {
  readonly network: string;
  readonly mechanism: Mechanism;
  readonly payTo: NanoAddress;
  /** Without a small tag (raw). */
  readonly price: Raw;
  /** The work that was wanted beyond the network's. */
  readonly harderWork?: Threshold;
  /** What the user was warned of. */
  readonly warnings: readonly OfferWarning[];
}

/** A deal as it is stored. Its output is a `Deal`. */
export const StoredDeal = v.strictObject({
  network: v.string(),
  mechanism: v.picklist(mechanismNames),
  payTo: AddressText,
  price: RawText,
  harderWork: v.exactOptional(ThresholdSchema),
  warnings: v.array(v.picklist(offerWarnings)),
});

/** The deal of a user who agrees to pay an offer. */
export function dealOf(offer: Offer): Deal {
  const { network, mechanism, payTo, warnings } = offer;
  const harderWork = harderWorkOf(offer);
  const price = pricedAt(offer);
  return { network, mechanism, payTo, price, warnings, ...(harderWork !== undefined && { harderWork }) };
}

/** The price of an offer (raw). Only a small tag is left out of it, so that nothing hides in a tag that no one was shown. */
export const pricedAt = (offer: Offer): Raw =>
  splitOf(offer.amount, 'tagAmount' in offer ? offer.tagAmount : ZERO).price;

/**
 * Whether an offer asks for what the user agreed to: the same price, in the same way, for the same account, and nothing that
 * they were not warned of.
 */
export function isSameDeal(agreed: Deal, offer: Offer, paysAnyPayee: boolean): boolean {
  return (
    offer.network === agreed.network &&
    offer.mechanism === agreed.mechanism &&
    pricedAt(offer) === agreed.price &&
    (paysAnyPayee || offer.payTo === agreed.payTo) &&
    harderWorkOf(offer) === agreed.harderWork &&
    offer.warnings.every((warning) => agreed.warnings.includes(warning))
  );
}
