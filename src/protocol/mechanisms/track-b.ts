import * as v from 'valibot';
import { readUnixSeconds } from '../offer/expiry.ts';
import type { OfferTerms } from '../offer/terms.ts';
import { own } from '../wire/json.ts';
import type { PayFirst } from './mechanism.ts';
import { storedTerms, withExtensions } from './stored-offer.ts';

const NONCE = /^[0-9a-f]{64}$/;

/** x402.Nano Track B (docs/WIRE.md §3.8): a NOMS signature over block hash, nonce and time. */
export interface TrackBOffer extends OfferTerms {
  readonly mechanism: 'trackB';
  /** The nonce, 64 lower-case hex digits. */
  readonly oncePer: string;
  /** Unix seconds, as the server wrote it. */
  readonly validBefore: number;
}

/**
 * x402.Nano Track B (docs/WIRE.md §3.8): `nonce` and `validBefore`. A NOMS signature ties block hash, nonce and time
 * together. They are signed as text, so their case counts: all of it is lower.
 */
export const trackB: PayFirst<TrackBOffer, 'XN_TRACK_B'> = {
  name: 'trackB',
  code: 'XN_TRACK_B',
  rule: { number: 7, source: 'x402.Nano, Track B' },
  label: 'ui_mechanism_trackB',
  mark: 'nonce',
  besides: ['validBefore'],
  way: 'payFirst',
  hashField: 'blockHash',
  stored: v.pipe(
    v.strictObject({
      ...storedTerms,
      mechanism: v.literal('trackB'),
      oncePer: v.string(),
      validBefore: v.number(),
    }),
    v.transform(withExtensions),
  ),

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
