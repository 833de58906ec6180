import * as v from 'valibot';
import { readUnixSeconds } from '../offer/expiry.ts';
import type { OfferTerms } from '../offer/terms.ts';
import { own } from '../wire/json.ts';
import { handedOverBlock } from './handed-over-block.ts';
import type { HandOver } from './mechanism.ts';
import { paidPerApproval, storedTerms, withExtensions } from './stored-offer.ts';

/** x402.Nano Track A (docs/WIRE.md §3.7): a signed block, handed over and not published. */
export interface TrackAOffer extends OfferTerms {
  readonly mechanism: 'trackA';
  readonly oncePer: undefined;
  /** Unix seconds, as the server wrote it. */
  readonly validBefore: number;
}

/** x402.Nano Track A (docs/WIRE.md §3.7): `validBefore` alone. */
export const trackA: HandOver<TrackAOffer, 'XN_TRACK_A'> = {
  name: 'trackA',
  code: 'XN_TRACK_A',
  rule: { number: 7, source: 'x402.Nano, Track A' },
  label: 'ui_mechanism_trackA',
  mark: 'validBefore',
  way: 'handOver',
  stored: v.pipe(
    v.strictObject({ ...storedTerms, mechanism: v.literal('trackA'), validBefore: v.number() }),
    v.transform(withExtensions),
    v.transform(paidPerApproval),
  ),

  recognise(extra, terms) {
    const validBefore = own(extra, 'validBefore');
    const until = readUnixSeconds(validBefore);
    if (until === undefined) return 'BAD_EXPIRY';
    const expiresAt = Math.min(terms.expiresAt, until);
    return { ...terms, mechanism: 'trackA', expiresAt, oncePer: undefined, validBefore: until / 1000 };
  },

  prove: (offer, block) => ({
    resource: offer.resourceEcho,
    payload: { block: handedOverBlock(offer, block) },
  }),
};
