import * as v from 'valibot';
import type { Raw } from '../../nano/amount.ts';
import { readParts } from '../offer/amounts.ts';
import { readExpiresAt } from '../offer/expiry.ts';
import type { OfferTerms } from '../offer/terms.ts';
import { isObject, type Json, type JsonObject, own } from '../wire/json.ts';
import { readId } from './id.ts';
import type { PayFirst, Recognition } from './mechanism.ts';
import { storedParts, storedTerms, withExtensions } from './stored-offer.ts';

/** Rev 6 final and Rev 7 track 1 (docs/WIRE.md §3.4): a tag makes the amount unique, so that it identifies the session. */
export interface NanoSessionOffer extends OfferTerms {
  readonly mechanism: 'nanoSession';
  /** The session id: paid at most once. A secret until the proof is delivered. */
  readonly oncePer: string;
  /** The price without the tag, in raw. */
  readonly resourceAmount: Raw;
  /** The part of `amount` that only tells this session's payment from others, in raw. */
  readonly tagAmount: Raw;
}

/** Rev 6 final and Rev 7 track 1 (docs/WIRE.md §3.4). The tagged amount is the proof's link to the session. */
export const nanoSession: PayFirst<NanoSessionOffer, 'NS7_SESSION'> = {
  name: 'nanoSession',
  code: 'NS7_SESSION',
  rule: { number: 4, source: 'x402.NanoSession Rev 7, 4.2' },
  label: 'ui_mechanism_nanoSession',
  mark: 'nanoSession',
  way: 'payFirst',
  hashField: 'proof',
  stored: v.pipe(
    v.strictObject({
      ...storedTerms,
      ...storedParts,
      mechanism: v.literal('nanoSession'),
      oncePer: v.string(),
    }),
    v.transform(withExtensions),
  ),

  recognise(extra, terms) {
    const session = own(extra, 'nanoSession');
    if (!isObject(session)) return 'BAD_SESSION';
    const total = Object.hasOwn(session, 'resourceAmountRaw');
    const tagged = Object.hasOwn(session, 'tagAmountRaw');
    if (total && tagged) return recogniseSession(session, terms);
    // Early Rev 6: `amount` is only the base price, and sending it loses the money (docs/WIRE.md §3.3).
    if (!total && !tagged && Object.hasOwn(session, 'tagModulus')) return 'NS6_EARLY_UNSUPPORTED';
    return 'BAD_SESSION';
  },

  prove: (_offer, { hash }) => ({ payload: { proof: hash } }),
};

function recogniseSession(session: JsonObject, terms: OfferTerms): Recognition<NanoSessionOffer> {
  const id = readId(own(session, 'id'));
  if (id === undefined || !isTag(own(session, 'tag'))) return 'BAD_SESSION';
  const parts = readParts(terms.amount, own(session, 'resourceAmountRaw'), own(session, 'tagAmountRaw'));
  if (typeof parts === 'string') return parts;

  const expiresAt = readExpiresAt(session, terms.expiresAt);
  if (typeof expiresAt === 'string') return expiresAt;
  return { ...terms, mechanism: 'nanoSession', expiresAt, oncePer: id, ...parts };
}

/**
 * A whole number, perhaps one that a double had to round: servers derive it from 64-bit tags. It is echoed and never
 * computed with, so it need not be a safe integer.
 */
function isTag(tag: Json | undefined): boolean {
  return typeof tag === 'number' && Number.isInteger(tag) && tag >= 0;
}
