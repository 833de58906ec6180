import { addRaw, parseRaw, type Raw } from '../nano/amount.ts';
import type { EntryOffer } from '../protocol/offer/offer.ts';

/** The least raw there is. */
export const ONE_RAW = parseRaw('1');

/** The most that so many offers like this may ask for (raw). */
export const mostForAll = (offer: EntryOffer, offers: number): Raw =>
  (mostFor(offer) * BigInt(offers)) as Raw;

/** Above any tag of 64 bits: two hundred-billionths of an XNO. */
const ORDINARY_TAG = parseRaw('20000000000000000000');

/**
 * The most that one more offer like this may ask for (raw). The tag of a session is drawn anew each time: ordinary ones
 * are nothing to speak of, but there are servers whose tags come near the price.
 */
export function mostFor(offer: EntryOffer): Raw {
  if (!('tagAmount' in offer)) return offer.amount;
  const { resourceAmount, tagAmount } = offer;
  const large = tagAmount * 100n < resourceAmount ? ((tagAmount * 100n) as Raw) : resourceAmount;
  return addRaw(offer.amount, large > ORDINARY_TAG ? large : ORDINARY_TAG);
}
