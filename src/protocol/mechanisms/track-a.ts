import { readUnixSeconds } from '../offer/expiry.ts';
import type { TrackAOffer } from '../offer/offer.ts';
import { own } from '../wire/json.ts';
import { chequeFor } from './handed-over-block.ts';
import type { HandOver } from './mechanism.ts';

/** x402.Nano Track A (docs/WIRE.md §3.7): `validBefore` alone. */
export const trackA: HandOver<TrackAOffer> = {
  name: 'trackA',
  code: 'XN_TRACK_A',
  way: 'handOver',

  recognise(extra, terms) {
    const validBefore = own(extra, 'validBefore');
    const until = readUnixSeconds(validBefore);
    if (until === undefined) return 'BAD_EXPIRY';
    const expiresAt = Math.min(terms.expiresAt, until);
    return { ...terms, mechanism: 'trackA', expiresAt, oncePer: undefined, validBefore: until / 1000 };
  },

  prove: (offer, block) => ({ resource: offer.resourceEcho, payload: { block: chequeFor(offer, block) } }),
};
