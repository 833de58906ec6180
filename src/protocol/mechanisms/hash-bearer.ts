import * as v from 'valibot';
import type { OfferTerms } from '../offer/terms.ts';
import type { Bearer } from './mechanism.ts';
import { paidPerApproval, storedTerms, withExtensions } from './stored-offer.ts';

/** Pay first, show the hash (docs/WIRE.md §3.11): an offer in plain headers, without an id or an expiry of its own. */
export interface HashBearerOffer extends OfferTerms {
  readonly mechanism: 'hashBearer';
  readonly oncePer: undefined;
}

/**
 * Pay first, show the hash in `X-Nano-Payment` (docs/WIRE.md §3.11). The hash is public once the send is published, and
 * nothing binds it to its payer: the server serves the first request that shows it.
 */
export const hashBearer: Bearer<HashBearerOffer, 'HASH_BEARER'> = {
  name: 'hashBearer',
  code: 'HASH_BEARER',
  rule: { number: 10, source: 'sellers of the X-Nano-Payment header' },
  label: 'ui_mechanism_hashBearer',
  way: 'bearer',
  stored: v.pipe(
    v.strictObject({ ...storedTerms, mechanism: v.literal('hashBearer') }),
    v.transform(withExtensions),
    v.transform(paidPerApproval),
  ),
};
