import * as v from 'valibot';
import { readAddress } from '../../nano/account.ts';
import type { Raw } from '../../nano/amount.ts';
import { readAmount, readParts } from '../offer/amounts.ts';
import { readExpiresAt } from '../offer/expiry.ts';
import type { OfferTerms } from '../offer/terms.ts';
import { isObject, type JsonObject, own } from '../wire/json.ts';
import { readId } from './id.ts';
import type { PayFirst, Recognition } from './mechanism.ts';
import { storedParts, storedTerms, withExtensions } from './stored-offer.ts';

const MECHANISM = 'nano-nym-exact';
const VERSION = 'ns8';

/** Rev 8 draft `ns8` (docs/WIRE.md §3.6 a). */
export interface NymChallengeOffer extends OfferTerms {
  readonly mechanism: 'nymChallenge';
  /** The challenge id. */
  readonly oncePer: string;
  readonly resourceAmount: Raw;
  readonly tagAmount: Raw;
}

/**
 * Rev 8 draft, `nano-nym-exact` in version `ns8` (docs/WIRE.md §3.6 a). Recognises its other mechanisms too.
 * The server does not wait for the confirmation, so the proof is made after it.
 */
export const nymChallenge: PayFirst<NymChallengeOffer, 'NS8_CHALLENGE'> = {
  name: 'nymChallenge',
  code: 'NS8_CHALLENGE',
  rule: { number: 6, source: 'x402.NanoSession Rev 8 draft, nano-nym-exact' },
  label: 'ui_mechanism_nymChallenge',
  mark: 'challenge',
  way: 'payFirst',
  hashField: 'sendHash',
  stored: v.pipe(
    v.strictObject({
      ...storedTerms,
      ...storedParts,
      mechanism: v.literal('nymChallenge'),
      oncePer: v.string(),
    }),
    v.transform(withExtensions),
  ),

  recognise(extra, terms) {
    const challenge = own(extra, 'challenge');
    if (!isObject(challenge)) return 'UNSUPPORTED_MECHANISM';
    switch (own(challenge, 'mechanism')) {
      case MECHANISM:
        return own(challenge, 'version') === VERSION
          ? recogniseNym(challenge, terms)
          : 'UNSUPPORTED_MECHANISM';
      case 'nanoMacaroon':
        return 'NS8_MACAROON_UNSUPPORTED';
      default:
        return 'UNSUPPORTED_MECHANISM';
    }
  },

  prove: ({ oncePer, resourceEcho }, { hash, account }) => ({
    resource: resourceEcho,
    payload: {
      version: VERSION,
      mechanism: MECHANISM,
      mode: 'settle',
      challengeId: oncePer,
      sendHash: hash,
      payerAccount: account,
    },
  }),
};

/** The challenge repeats amount and payee: what it says must be what the entry says. */
function recogniseNym(challenge: JsonObject, terms: OfferTerms): Recognition<NymChallengeOffer> {
  const id = readId(own(challenge, 'challengeId'));
  const payTo = readAddress(own(challenge, 'destination'))?.address;
  if (id === undefined || payTo !== terms.payTo) return 'BAD_CHALLENGE';
  if (readAmount(own(challenge, 'amount')) !== terms.amount) return 'BAD_CHALLENGE';
  const parts = readParts(terms.amount, own(challenge, 'resourceAmountRaw'), own(challenge, 'tagAmountRaw'));
  if (typeof parts === 'string') return parts;

  const expiresAt = readExpiresAt(challenge, terms.expiresAt);
  if (typeof expiresAt === 'string') return expiresAt;
  return { ...terms, mechanism: 'nymChallenge', expiresAt, oncePer: id, ...parts };
}
