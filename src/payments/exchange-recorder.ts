import type { Answered, Challenge, Unanswered } from '../interception/challenge.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Decision } from '../policy/decision.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { NotPaidReason } from './not-paid-reason.ts';

/** How a proof went out: with the page's own request, in the body of a POST, or once more because the user wanted to see. */
export type ProofRoute = 'page' | 'post' | 'replay';

/**
 * Who is told what becomes of a challenge. Told, and never waited for: no payment is a moment later for what is written
 * down about it.
 */
export interface ExchangeRecorder {
  decided(challenge: Challenge, offer: Offer, decision: Decision): void;
  /** The challenge has a fresh offer in the place of its own. */
  renewed(challenge: Challenge): void;
  served(challenge: Challenge, id: PaymentId): void;
  left(challenge: Pick<Challenge, 'id'>, key: NotPaidReason, args: readonly string[]): void;
  answered(challenge: Challenge, way: ProofRoute, delivery: Answered | Unanswered): void;
}
