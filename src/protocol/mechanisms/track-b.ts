import { readUnixSeconds } from '../offer/expiry.ts';
import type { TrackBOffer } from '../offer/offer.ts';
import { own } from '../wire/json.ts';
import type { PayFirst } from './mechanism.ts';

const NONCE = /^[0-9a-f]{64}$/;

/**
 * x402.Nano Track B (docs/WIRE.md §3.8): `nonce` and `validBefore`. A NOMS signature ties block hash, nonce and time
 * together. They are signed as text, so their case counts: all of it is lower.
 */
export const trackB: PayFirst<TrackBOffer> = {
  name: 'trackB',
  code: 'XN_TRACK_B',
  way: 'payFirst',

  recognise(extra, terms) {
    const nonce = own(extra, 'nonce');
    if (typeof nonce !== 'string' || !NONCE.test(nonce)) return 'BAD_NONCE';
    const until = readUnixSeconds(own(extra, 'validBefore'));
    if (until === undefined) return 'BAD_EXPIRY';
    const expiresAt = Math.min(terms.expiresAt, until);
    return { ...terms, mechanism: 'trackB', expiresAt, oncePer: nonce, validBefore: until / 1000 };
  },

  prove({ oncePer, validBefore, resourceEcho }, { hash, account }) {
    const blockHash = hash.toLowerCase();
    return {
      message: { kind: 'noms', text: `${blockHash}:${oncePer}:${validBefore}` },
      signed: (signature) => ({
        resource: resourceEcho,
        payload: { blockHash, account, signature: signature.toLowerCase() },
      }),
    };
  },
};
