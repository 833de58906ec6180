import { readUnixSeconds } from '../expiry.ts';
import { own } from '../json.ts';
import type { KnownMechanism } from '../mechanism.ts';
import type { TrackBOffer } from '../offer.ts';

const NONCE = /^[0-9a-f]{64}$/;

/** x402.Nano Track B (protocol.md 3.8): `nonce` and `validBefore`. The nonce is signed as text, so its case counts. */
export const trackB: KnownMechanism<TrackBOffer> = {
  name: 'trackB',
  code: 'XN_TRACK_B',

  recognise(extra, terms) {
    const nonce = own(extra, 'nonce');
    if (typeof nonce !== 'string' || !NONCE.test(nonce)) return 'BAD_NONCE';
    const until = readUnixSeconds(own(extra, 'validBefore'));
    if (until === undefined) return 'BAD_EXPIRY';
    const expiresAt = Math.min(terms.expiresAt, until);
    return { ...terms, mechanism: 'trackB', expiresAt, oncePer: nonce, validBefore: until / 1000 };
  },
};
