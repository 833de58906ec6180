import type { MessageKey } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { Offer } from '../protocol/offer.ts';
import { type Budget, checkBudget } from './budget.ts';
import { siteOf } from './payment.ts';

/** What policy says of an offer, with the reason as data. */
export type Decision =
  | { readonly kind: 'pay'; readonly budget: Budget }
  | { readonly kind: 'ask'; readonly reason: Extract<MessageKey, `reason_${string}`> }
  | { readonly kind: 'refuse'; readonly key: Extract<MessageKey, `refusal_${string}`> };

/** All that a decision depends on. */
export interface Circumstances {
  readonly challenge: Challenge;
  readonly offer: Offer;
  /** The site's budget on the active network. */
  readonly budget: Budget | null;
  /** Spent and reserved by the site today (raw). */
  readonly spentToday: Raw;
  /** What the same resource cost the last time it was bought, without its tag (raw). */
  readonly lastPrice: Raw | null;
  /** Whether this very request was paid before and never got what was paid for (protocol.md 1.4). */
  readonly undeliveredBefore: boolean;
  readonly blocked: boolean;
  readonly paused: boolean;
  /** Who would pay; null while the purse is locked. */
  readonly account: NanoAddress | null;
  readonly now: number;
}

/**
 * How long an offer must still live to be worth paying (ms): confirmation, delivery, the server's own wait, and clock
 * skew (protocol.md section 7, rule 5).
 */
export const EXPIRY_MARGIN = 25_000;

/** Decides on one offer. Pure: the same circumstances give the same decision. */
export function decide(circumstances: Circumstances): Decision {
  const { challenge, offer, budget, spentToday, lastPrice, account, now } = circumstances;
  if (circumstances.blocked) return refuse('refusal_SITE_BLOCKED');
  if (offer.payTo === account) return refuse('refusal_OWN_ACCOUNT');
  if (offer.expiresAt - now < EXPIRY_MARGIN) return refuse('refusal_EXPIRES_TOO_SOON');
  if (circumstances.undeliveredBefore) return ask('reason_undeliveredBefore');
  if (isHandOver(offer)) return ask('reason_signedBlock');
  if (budget === null) return ask('reason_newSite');
  if (circumstances.paused || budget.paused) return ask('reason_paused');
  if (account === null) return ask('reason_locked');
  if (!isSameSite(challenge)) return ask('reason_crossSite');
  if (budget.payTo !== null && budget.payTo !== offer.payTo) return ask('reason_payeeChanged');
  if (lastPrice !== null && priceOf(offer) > lastPrice) return ask('reason_priceRise');
  const check = checkBudget(budget, spentToday, offer.amount);
  if (check.kind === 'over') return ask(check.limit === 'payment' ? 'reason_overPayment' : 'reason_overDay');
  return { kind: 'pay', budget };
}

/** What an offer charges for the resource itself, without its tag (raw). */
export function priceOf(offer: Offer): Raw {
  return 'resourceAmount' in offer ? offer.resourceAmount : offer.amount;
}

/**
 * Whether the site asks for itself: the page in the tab, and whoever started the request, are of the same origin as
 * the server that wants the money. Otherwise one site could spend another one's budget.
 */
function isSameSite(challenge: Challenge): boolean {
  const site = siteOf(challenge.url);
  const byUser = challenge.kind === 'main_frame' && challenge.initiator === null;
  return challenge.topOrigin === site && (byUser || challenge.initiator === site);
}

function ask(reason: Extract<MessageKey, `reason_${string}`>): Decision {
  return { kind: 'ask', reason };
}

function refuse(key: Extract<MessageKey, `refusal_${string}`>): Decision {
  return { kind: 'refuse', key };
}
