import type { EntryCode, EnvelopeCode, PayabilityCode } from '../offer/codes.ts';

/** What decided about an envelope or an entry. */
export interface Rule {
  /** Number of the discriminator's rule (docs/WIRE.md §3.10), the first that matches; `0` is the envelope's own. */
  readonly number: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
  /** Where it is written. */
  readonly source: string;
}

const X402 = 'x402 v2';
const REV7 = 'x402.NanoSession Rev 7';
const REV8 = 'x402.NanoSession Rev 8 draft';
const TRACKS = 'x402.Nano';

/**
 * The rule behind each code. Rule 9 is the purse's own: what stands against an offer that is well formed. Codes that
 * several rules give (an expiry, an amount) name the one they mostly come from; see {@link ruleOf}.
 */
const RULES: Readonly<Record<EnvelopeCode | EntryCode | PayabilityCode, Rule>> = {
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
  LEGACY_UNSUPPORTED: { number: 1, source: 'x402.NanoSession Rev 1 to 5' },
  UNSUPPORTED_SCHEME: { number: 1, source: `${X402}, scheme exact` },
  UNSUPPORTED_ASSET: { number: 1, source: 'ORIS-006' },
  BAD_AMOUNT: { number: 2, source: `${X402}, atomic units` },
  BAD_PAYTO: { number: 2, source: 'docs.nano.org, account addresses' },
  BAD_TIMEOUT: { number: 2, source: `${X402}, maxTimeoutSeconds` },
  MALFORMED_EXTRA: { number: 2, source: `${X402}, extra` },
  AMBIGUOUS_MECHANISM: { number: 3, source: `${REV7}, 3.1` },
  NS7_SESSION: { number: 4, source: `${REV7}, 4.2` },
  BAD_SESSION: { number: 4, source: `${REV7}, 4.2` },
  SUM_MISMATCH: { number: 4, source: `${REV7}, 4.2` },
  NS6_EARLY_UNSUPPORTED: { number: 4, source: 'x402.NanoSession Rev 6, first draft' },
  NS7_SIGNATURE: { number: 5, source: `${REV7}, track 2` },
  BAD_SIGNATURE_OFFER: { number: 5, source: `${REV7}, track 2` },
  NS7_SIGNATURE_NO_URL: { number: 5, source: `${REV7}, track 2` },
  URL_MISMATCH: { number: 5, source: `${REV7}, track 2` },
  NS8_CHALLENGE: { number: 6, source: `${REV8}, nano-nym-exact` },
  BAD_CHALLENGE: { number: 6, source: `${REV8}, nano-nym-exact` },
  NS8_MACAROON_UNSUPPORTED: { number: 6, source: `${REV8}, nanoMacaroon` },
  BAD_NONCE: { number: 7, source: `${TRACKS}, Track B` },
  BAD_EXPIRY: { number: 7, source: `${TRACKS}, validBefore` },
  EXPIRED: { number: 7, source: `${X402}, maxTimeoutSeconds` },
  XN_TRACK_B: { number: 7, source: `${TRACKS}, Track B` },
  XN_TRACK_A: { number: 7, source: `${TRACKS}, Track A` },
  X402NANO_EXACT: { number: 8, source: 'x402nano/exact' },
  UNSUPPORTED_MECHANISM: { number: 8, source: `${X402}, extra` },
  RESOURCE_MISMATCH: { number: 9, source: `${X402}, ResourceInfo.url` },
  INSECURE_URL: { number: 9, source: `${REV7}, 5.2` },
  PROOF_ELSEWHERE: { number: 9, source: `${TRACKS}, demo routes` },
  MECHANISM_OFF: { number: 9, source: 'Nano Purse' },
  HAND_OVER_OFF: { number: 9, source: 'Nano Purse' },
};

/** Where the codes come from that every mechanism has: its own rule, once it is known which mechanism it is. */
const OF_MECHANISM: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['nanoSession', RULES.NS7_SESSION],
  ['nanoSignature', RULES.NS7_SIGNATURE],
  ['nymChallenge', RULES.NS8_CHALLENGE],
  ['trackB', RULES.XN_TRACK_B],
  ['trackA', RULES.XN_TRACK_A],
  ['x402nano', RULES.X402NANO_EXACT],
]);

/** The rule that decided. `mechanism` is the one that the entry's `extra` names, when it got as far as that. */
export function ruleOf(
  code: EnvelopeCode | EntryCode | PayabilityCode,
  mechanism: string | null = null,
): Rule {
  const shared = code === 'BAD_EXPIRY' || code === 'EXPIRED' || code === 'UNSUPPORTED_MECHANISM';
  const own = mechanism === null || !shared ? undefined : OF_MECHANISM.get(mechanism);
  return own ?? RULES[code];
}
