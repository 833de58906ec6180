import { mechanismNamed } from '../mechanisms/index.ts';
import { type MechanismCode, mechanisms } from '../mechanisms/registry.ts';
import type { EntryCode } from '../offer/classify.ts';
import type { DialectCode, EntryRefusalCode, EnvelopeCode, PayabilityCode, Rule } from '../offer/codes.ts';
import type { HashOfferRefusal } from '../offer/hash-offer.ts';

const X402 = 'x402 v2';
const REV7 = 'x402.NanoSession Rev 7';
const REV8 = 'x402.NanoSession Rev 8 draft';
const TRACKS = 'x402.Nano';

/**
 * The rule behind each code that refuses. Rule 9 is the wallet's own, for an offer that is well formed. A code that
 * several rules give (an expiry, an amount) names the rule that gives it most; see {@link ruleOf}.
 */
const REFUSALS: Readonly<Record<EnvelopeCode | EntryRefusalCode | PayabilityCode, Rule>> = {
  TOO_LARGE: { number: 0, source: `${X402}, HTTP transport` },
  BAD_BASE64: { number: 0, source: `${X402}, HTTP transport` },
  BAD_UTF8: { number: 0, source: `${X402}, HTTP transport` },
  BAD_JSON: { number: 0, source: `${X402}, HTTP transport` },
  BAD_SHAPE: { number: 0, source: `${X402}, PaymentRequired` },
  UNSUPPORTED_VERSION: { number: 0, source: `${X402}, x402Version` },
  BAD_RESOURCE: { number: 0, source: `${X402}, ResourceInfo` },
  BAD_ACCEPTS: { number: 0, source: `${X402}, accepts` },
  MALFORMED_ENTRY: { number: 1, source: `${X402}, PaymentRequirements` },
  IGNORE_NOT_NANO: { number: 1, source: 'CAIP-2' },
  UNSUPPORTED_NETWORK: { number: 1, source: 'ORIS-006' },
  TOO_MANY_ENTRIES: { number: 1, source: 'Nano Purse' },
  LEGACY_UNSUPPORTED: { number: 1, source: 'x402.NanoSession Rev 1 to 5' },
  UNSUPPORTED_SCHEME: { number: 1, source: `${X402}, scheme exact` },
  UNSUPPORTED_ASSET: { number: 1, source: 'ORIS-006' },
  BAD_AMOUNT: { number: 2, source: `${X402}, atomic units` },
  BAD_PAYTO: { number: 2, source: 'docs.nano.org, account addresses' },
  BAD_TIMEOUT: { number: 2, source: `${X402}, maxTimeoutSeconds` },
  MALFORMED_EXTRA: { number: 2, source: `${X402}, extra` },
  AMBIGUOUS_MECHANISM: { number: 3, source: `${REV7}, 3.1` },
  BAD_SESSION: { number: 4, source: `${REV7}, 4.2` },
  SUM_MISMATCH: { number: 4, source: `${REV7}, 4.2` },
  NS6_EARLY_UNSUPPORTED: { number: 4, source: 'x402.NanoSession Rev 6, first draft' },
  BAD_SIGNATURE_OFFER: { number: 5, source: `${REV7}, track 2` },
  NS7_SIGNATURE_NO_URL: { number: 5, source: `${REV7}, track 2` },
  URL_MISMATCH: { number: 5, source: `${REV7}, track 2` },
  BAD_CHALLENGE: { number: 6, source: `${REV8}, nano-nym-exact` },
  NS8_MACAROON_UNSUPPORTED: { number: 6, source: `${REV8}, nanoMacaroon` },
  BAD_NONCE: { number: 7, source: `${TRACKS}, Track B` },
  BAD_EXPIRY: { number: 7, source: `${TRACKS}, validBefore` },
  EXPIRED: { number: 7, source: `${X402}, maxTimeoutSeconds` },
  UNSUPPORTED_MECHANISM: { number: 8, source: `${X402}, extra` },
  WORK_TOO_HARD: { number: 8, source: 'scheme_exact_nano, work' },
  RESOURCE_MISMATCH: { number: 9, source: `${X402}, ResourceInfo.url` },
  INSECURE_URL: { number: 9, source: `${REV7}, 5.2` },
  PROOF_ELSEWHERE: { number: 9, source: `${TRACKS}, demo routes` },
};

const RULES = {
  ...REFUSALS,
  ...(Object.fromEntries(mechanisms.map(({ code, rule }) => [code, rule])) as Record<MechanismCode, Rule>),
};

/** The codes that several mechanisms give: each mechanism's own rule decided. */
const SHARED: readonly string[] = ['BAD_EXPIRY', 'EXPIRED', 'UNSUPPORTED_MECHANISM'];

/** The rule that decided. `mechanism` is the one that the entry's `extra` names; null where it names none. */
export function ruleOf(
  code: EnvelopeCode | EntryCode | PayabilityCode,
  mechanism: string | null = null,
): Rule {
  const own = mechanism === null || !SHARED.includes(code) ? undefined : mechanismNamed(mechanism);
  return own?.rule ?? RULES[code];
}

/** What a 402 without PAYMENT-REQUIRED is called, or why it is not paid. */
export type ResponseCode = 'HASH_BEARER' | HashOfferRefusal | DialectCode;

const HASHES = 'sellers of the X-Nano-Payment header';

/** The rule behind each way to ask for money without PAYMENT-REQUIRED (docs/WIRE.md §1.5). */
const OF_RESPONSES: Readonly<Record<ResponseCode, Rule>> = {
  HASH_BEARER: { number: 10, source: HASHES },
  BAD_HASH_OFFER: { number: 10, source: HASHES },
  UNSUPPORTED_NETWORK: { number: 10, source: HASHES },
  UNSUPPORTED_ASSET: { number: 10, source: HASHES },
  EXPIRED: { number: 10, source: HASHES },
  PAYS_BY_HASH_BODY_ONLY: { number: 11, source: HASHES },
  LEGACY_UNSUPPORTED: { number: 11, source: 'x402.NanoSession Rev 1 to 5' },
  NANO_PAYMENT_LINK: { number: 11, source: 'RFC 8288, Link; nano402' },
  PAYS_BY_DEPOSIT: { number: 11, source: 'sellers that make an account for each payment' },
  PAYS_TO_ORDER_ACCOUNT: { number: 11, source: 'sellers that make an account for each order' },
  V1_NANO: { number: 11, source: 'x402 v1' },
  PAYS_OTHER_COIN: { number: 11, source: 'x402 v1; L402' },
  PAYS_OTHER_PROTOCOL: { number: 11, source: 'Machine Payments Protocol; pay per crawl' },
};

/** The rule that decided about a 402 without PAYMENT-REQUIRED. */
export const responseRuleOf = (code: ResponseCode): Rule => OF_RESPONSES[code];
