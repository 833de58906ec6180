import type { MessageKey } from '../../fault.ts';

/** Why a PAYMENT-REQUIRED header as a whole is refused (docs/WIRE.md §3.10). */
export const envelopeCodes = [
  'TOO_LARGE',
  'BAD_BASE64',
  'BAD_UTF8',
  'BAD_JSON',
  'BAD_SHAPE',
  'UNSUPPORTED_VERSION',
  'BAD_RESOURCE',
  'BAD_ACCEPTS',
] as const;

/** Why one entry of `accepts` is refused (docs/WIRE.md §3.10; BAD_CHALLENGE from its vectors). */
export const entryRefusalCodes = [
  'MALFORMED_ENTRY',
  'IGNORE_NOT_NANO',
  'UNSUPPORTED_NETWORK',
  'TOO_MANY_ENTRIES',
  'LEGACY_UNSUPPORTED',
  'UNSUPPORTED_SCHEME',
  'UNSUPPORTED_ASSET',
  'BAD_AMOUNT',
  'BAD_PAYTO',
  'BAD_TIMEOUT',
  'MALFORMED_EXTRA',
  'AMBIGUOUS_MECHANISM',
  'BAD_SESSION',
  'SUM_MISMATCH',
  'BAD_EXPIRY',
  'EXPIRED',
  'NS6_EARLY_UNSUPPORTED',
  'BAD_SIGNATURE_OFFER',
  'NS7_SIGNATURE_NO_URL',
  'URL_MISMATCH',
  'BAD_CHALLENGE',
  'NS8_MACAROON_UNSUPPORTED',
  'UNSUPPORTED_MECHANISM',
  'BAD_NONCE',
  'WORK_TOO_HARD',
] as const;

/** Why a well-formed offer is not paid (docs/WIRE.md §7.12, §7.13, §4.13). */
export const payabilityCodes = ['RESOURCE_MISMATCH', 'INSECURE_URL', 'PROOF_ELSEWHERE'] as const;

/** The ways to ask for money, without PAYMENT-REQUIRED, that are recognised and not paid (docs/WIRE.md §1.5). */
export const dialectCodes = [
  'LEGACY_UNSUPPORTED',
  'BAD_HASH_OFFER',
  'PAYS_BY_HASH_BODY_ONLY',
  'NANO_PAYMENT_LINK',
  'PAYS_BY_DEPOSIT',
  'PAYS_TO_ORDER_ACCOUNT',
  'V1_NANO',
  'PAYS_OTHER_COIN',
  'PAYS_OTHER_PROTOCOL',
] as const;

export type EnvelopeCode = (typeof envelopeCodes)[number];
export type EntryRefusalCode = (typeof entryRefusalCodes)[number];
export type PayabilityCode = (typeof payabilityCodes)[number];
export type DialectCode = (typeof dialectCodes)[number];

/** Every reason that classification gives for not paying; each has a sentence. `policy` adds its own. */
export type RefusalCode = EnvelopeCode | EntryRefusalCode | PayabilityCode | DialectCode;

/** The locale key of the sentence for a reason. */
export function refusalSentence(code: RefusalCode): Extract<MessageKey, `refusal_${string}`> {
  return `refusal_${code}`;
}

/** The rule that decided about an envelope or an entry. */
export interface Rule {
  /** The number of the rule in docs/WIRE.md §3.10, of which the first that matches decides; `0` is the envelope's. */
  readonly number: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;
  /** The specification that states it. */
  readonly source: string;
}
