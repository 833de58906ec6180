import type { Answered, Challenge, Unanswered } from '../interception/challenge.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Decision } from '../policy/decision.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { NotPaidReason } from './not-paid-reason.ts';

/** How a proof was sent: with the page's own request, in the body of a POST, or once more from the developer tools. */
export type ProofRoute = 'page' | 'post' | 'replay';

/** Records what happens to a challenge. No method is awaited: recording never delays a payment. */
export interface ExchangeRecorder {
  /** Policy has decided on the offer. */
  decided(challenge: Challenge, offer: Offer, decision: Decision): void;
  /** The offer of the challenge was replaced by a fresh one. */
  renewed(challenge: Challenge): void;
  /** A payment is made, or a kept one delivered, for the challenge. */
  served(challenge: Challenge, id: PaymentId): void;
  /** The challenge was not paid: its page got the 402. */
  left(challenge: Pick<Challenge, 'id'>, key: NotPaidReason, args: readonly string[]): void;
  /** The server answered a proof, or did not. */
  answered(challenge: Challenge, way: ProofRoute, delivery: Answered | Unanswered): void;
}
