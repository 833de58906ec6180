import type { Challenge } from '../../interception/challenge.ts';
import type { Raw } from '../../nano/amount.ts';
import type { Decision, Reason } from '../../policy/decision.ts';
import type { Offer } from '../../protocol/offer/offer.ts';
import { siteOf } from '../../site.ts';
import type { AskedQuestion } from '../asked-questions.ts';
import type { PayerContext } from '../challenge-handler-ports.ts';
import type { Deal } from '../deal.ts';
import type { NotPaidReason } from '../not-paid-reason.ts';
import type { Intent } from '../payment.ts';
import type { AnyPayment } from '../private-record.ts';
import type { Question } from '../question.ts';
import type { RequestHistory } from '../request-history.ts';

/**
 * What is to be done next for a challenge. In the usual order: start, classify, decide, ask, reserve, deliver. Each
 * stage returns the one that follows it.
 */
export type Stage =
  | { readonly kind: 'start'; readonly challenge: Challenge }
  | Classify
  | Decide
  | Decided
  | Ask
  | Reserve
  | Deliver
  | Renew
  | Reconsider
  | Ended;

/** How handling a challenge ends: it is over, or it was not paid and the page gets its own 402. */
export type Ended = { readonly kind: 'done' } | Declined;

/** Choose one offer of the challenge that can be paid. */
export interface Classify {
  readonly kind: 'classify';
  readonly challenge: Challenge;
  readonly context: PayerContext;
  readonly history: RequestHistory;
  /** Why the user is asked, where they are asked; by default policy gives the reason. */
  readonly reason?: Reason | undefined;
  /** What the user agreed to pay before. */
  readonly agreed?: Agreed | undefined;
  /** Why the user was asked in an earlier life of the worker. Where the offer ran out since, they are shown that. */
  readonly asked?: AskedQuestion | undefined;
}

/** What the user agreed to pay, where the offer that they saw ran out or the worker was killed before there was a payment. */
export interface Agreed {
  readonly deal: Deal;
  /** As in `Reserve`. */
  readonly others: Challenge[];
  /** They agreed in an earlier life of the worker: it counts for the same account only. */
  readonly isKept?: true;
}

/** Find out whether policy pays the offer, asks the user, or refuses. */
export interface Decide extends Omit<Classify, 'kind'> {
  readonly kind: 'decide';
  readonly offer: Offer;
}

/** Follow a decision. */
export interface Decided {
  readonly kind: 'decided';
  readonly challenge: Challenge;
  readonly offer: Offer;
  readonly decision: Decision;
  /** As in `Circumstances`. @default false */
  readonly isPayeeUnopened?: boolean;
  /** As in `Question`. */
  readonly lastPrice?: Raw | undefined;
  /** As in `Classify`. */
  readonly agreed?: Agreed | undefined;
  /** As in `Classify`. */
  readonly asked?: AskedQuestion | undefined;
  /** Whether the site's budget pays any account that it names. @default false */
  readonly paysAnyPayee?: boolean;
}

/** Ask the user. */
export interface Ask {
  readonly kind: 'ask';
  readonly challenge: Challenge;
  readonly question: Question;
}

/** Reserve the money, pay and deliver. */
export interface Reserve {
  readonly kind: 'reserve';
  readonly challenge: Challenge;
  readonly offer: Offer;
  readonly approval: Intent['approval'];
  /** The requests that share the user's answer, as in `QuestionOutcome`. */
  readonly others: Challenge[];
}

/** Pay as far as that is still to do, and deliver the proof. */
export interface Deliver {
  readonly kind: 'deliver';
  readonly challenge: Challenge;
  readonly payment: AnyPayment;
  /** As in `Reserve`. */
  readonly others?: Challenge[];
}

/** Ask the server for a fresh offer, where the present one would expire before delivery. */
export interface Renew {
  readonly kind: 'renew';
  readonly challenge: Challenge;
  /** Why the challenge is not paid where there is no fresh offer. */
  readonly otherwise: NotPaidReason;
  /** Whether the user asked for the fresh offer. @default false */
  readonly isByUser?: boolean;
  /** Whether everything else for the payment is ready. @default false */
  readonly isPrepared?: boolean;
  /** As in `Classify`. */
  readonly agreed?: Agreed | undefined;
  /** As in `Classify`. */
  readonly reason?: Reason | undefined;
}

/** Classify a challenge whose offer is fresh, in the present context. */
export interface Reconsider extends Omit<Renew, 'kind' | 'isByUser' | 'isPrepared'> {
  readonly kind: 'reconsider';
}

interface Declined {
  readonly kind: 'declined';
  readonly challenge: Challenge;
  readonly key: NotPaidReason;
  readonly args: readonly string[];
}

/** Has a question of an earlier life of the worker shown again: its offer ran out since. */
export function askAgain(challenge: Challenge, offer: Offer, asked: AskedQuestion): Ask {
  const question = { ...asked, id: challenge.id, site: siteOf(challenge.url), challenge, offer };
  return { kind: 'ask', challenge, question };
}

export const DONE: Ended = { kind: 'done' };

export function declined(challenge: Challenge, key: NotPaidReason, args: readonly string[] = []): Ended {
  return { kind: 'declined', challenge, key, args };
}
