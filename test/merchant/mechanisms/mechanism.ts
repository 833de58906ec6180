import type { AcceptsEntry, Presented } from '../envelope.ts';
import type { Habits, Wording } from '../flavour.ts';
import type { SettledPayment } from '../spent.ts';
import type { Terms } from '../terms.ts';

const MECHANISM_NAMES = [
  'nanoSession',
  'nanoSignature',
  'nymChallenge',
  'trackB',
  'trackA',
  'signedBlock',
  'hashBearer',
] as const;

/** The mechanisms this merchant takes money by. */
export type MechanismName = (typeof MECHANISM_NAMES)[number];

export function isMechanismName(name: string): name is MechanismName {
  return MECHANISM_NAMES.some((known) => known === name);
}

/** What is being sold: one URL, exactly as the client spelled it. */
export interface Resource {
  readonly url: string;
  readonly route: string;
}

/** How a proof reached us: with the request, or in the body of the POST fallback after `SESSION_LOST` (docs/WIRE.md §3.4). */
export type Delivery = 'header' | 'body';

/** The outcome of a presented proof. Nothing is spent unless it is `settled`. */
export type Outcome = { readonly kind: 'settled'; readonly payment: SettledPayment } | Refusal;

/** Why a proof was not honoured, in the words of the specification, or of the reference servers where it has none. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: 202 | 400 | 402 | 405 | 409 | 410 | 429 | 500 | 503;
  readonly error: string;
  readonly code?: 'SESSION_LOST';
  /** How it is written, where that is not as x402 v2 says. */
  readonly wording?: Wording;
}

/** One way to be paid: what is offered, and when a proof is good. */
export interface Mechanism {
  readonly name: MechanismName;

  /** A fresh entry of `accepts[]` for this resource, remembered as issued. */
  offer(resource: Resource, terms: Terms): AcceptsEntry;

  /** Whether an echoed entry is one of this mechanism's, by the shape of `extra` alone (docs/WIRE.md §3.10). */
  recognises(accepted: Presented['accepted']): boolean;

  /**
   * Judges a proof for this resource and, when it is good, settles and spends it; the terms are those of the visit that
   * brings the proof. Throws when the node cannot tell.
   */
  redeem(presented: Presented, resource: Resource, delivery: Delivery, terms: Terms): Promise<Outcome>;

  /** What is said of a proof whose block is not confirmed yet. */
  readonly unconfirmed: Refusal;

  /** How the reference server writes what this mechanism decides. */
  readonly reference: Habits;
}

/** A refusal on which the client may learn more from a fresh offer. */
export const refused = (error: string): Refusal => ({ kind: 'refused', status: 402, error });

/** An echoed entry that is not one we issued for this URL, in the words of x402 core (docs/WIRE.md §1.1). */
export const noSuchOffer = refused('No matching payment requirements');

/** A session that is unknown, expired, or already used. */
export const sessionLost: Refusal = {
  kind: 'refused',
  status: 410,
  error: 'Session not found or expired',
  code: 'SESSION_LOST',
};

/** A payload that is not one. */
export const invalidPayload: Refusal = {
  kind: 'refused',
  status: 400,
  error: 'Invalid PAYMENT-SIGNATURE payload',
};

/** The block hash a payload presents, exactly as written: its case is part of what a payer signs. */
export function presentedHash(payload: Presented['payload']): string | undefined {
  const { proof } = payload;
  return typeof proof === 'string' && /^[0-9a-fA-F]{64}$/.test(proof) ? proof : undefined;
}
