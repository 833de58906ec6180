import type { MessageKey } from '../fault.ts';
import type { Challenge, Starter } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import { formatXno, parseRaw, type Raw, roundRaw, ZERO } from '../nano/amount.ts';
import { harderWorkOf, isBearer, isHandOver } from '../protocol/mechanisms/index.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import { type Site, siteOf } from '../site.ts';
import {
  type Allowance,
  type Budget,
  type CapLimit,
  capPassed,
  limitPassed,
  periodAt,
  type SumLimit,
} from './budget.ts';
import { debitOf } from './debit.ts';
import { EXPIRY_MARGIN } from './expiry-margins.ts';

/** Why the user is asked instead of the budget paying. */
export type Reason = Extract<MessageKey, `reason_${string}`>;

/** Why the user is asked, and the numbers in it: amounts in XNO, in the order of the sentence's placeholders. */
export interface AskReason {
  readonly reason: Reason;
  readonly args?: readonly string[];
}

/** What policy decides on an offer, with the reason as data. */
export type Decision =
  | { readonly kind: 'pay'; readonly budget: Budget }
  | ({ readonly kind: 'ask' } & AskReason)
  | Refusal;

/** The key of the sentence that says why, and the words that go into it. */
interface Refusal {
  readonly kind: 'refuse';
  readonly key: Extract<MessageKey, `refusal_${string}`>;
  readonly args?: readonly string[];
}

/** What the rules of a budget depend on. */
interface BudgetCircumstances {
  readonly challenge: Challenge;
  readonly offer: Offer;
  /** What the site may spend on the active network, and what it has spent. */
  readonly allowance: Allowance;
  /** The price of the same resource when it was last bought, without the tag (raw). */
  readonly lastPrice: Raw | null;
  /** When this very request was last paid for and delivered, within `JUST_PAID` (ms since the epoch); else null. */
  readonly paidAt: number | null;
  /** Whether its site has, or is about to get, a signed block that is not known to be on the ledger. */
  readonly isBlockOut: boolean;
  /** As in `Memory`. */
  readonly isOwed: boolean;
  /** Whether the user has stopped all payments without asking. */
  readonly paused: boolean;
  /** The time (ms since the epoch). */
  readonly now: number;
}

/** Everything that a decision depends on. */
export interface Circumstances extends BudgetCircumstances {
  /** Whether this very request was paid before and never got its content (docs/WIRE.md §1.4). */
  readonly undeliveredBefore: boolean;
  /** Whether the user blocked the site. */
  readonly blocked: boolean;
  /** Whether the user blocked another site that takes part in the request. */
  readonly isAskerBlocked: boolean;
  /** Whether the user has a pocket with accounts for signed blocks. Without it, each signed block locks other money. */
  readonly hasPocket: boolean;
  /**
   * How long the search for work takes at most in 95 of 100 cases (ms), where the offer wants harder work than the network;
   * null for the usual work, and where the speed of this device is unknown.
   */
  readonly workTime: number | null;
  /** Whether the offer is settled by a payee whose account was never opened, as far as a node says. */
  readonly isPayeeUnopened: boolean;
  /** The wallet's own accounts; null while it is locked, and where no budget can pay, so that they decide nothing there. */
  readonly accounts: readonly NanoAddress[] | null;
}

/** How long after a payment a repeated request that the user did not start is asked about as just paid (ms). */
export const JUST_PAID = 10 * 60_000;

/**
 * The most that a budget pays where nothing but the block hash proves the payment: 0.01 XNO (raw), each time. The send is
 * confirmed before the server answers, and its hash is public: the server serves the first request that shows it (docs/WIRE.md §3.11).
 * Sellers of this way ask for 0.001 to 0.01 XNO.
 */
export const MOST_BY_HASH = parseRaw('10000000000000000000000000000');

/** Decides on one offer. Pure: the same circumstances give the same decision. */
export function decide(circumstances: Circumstances): Decision {
  const { offer, accounts, workTime, now } = circumstances;
  if (circumstances.blocked) return refuse('refusal_SITE_BLOCKED');
  if (circumstances.isAskerBlocked) return refuse('refusal_ASKER_BLOCKED');
  const left = offer.expiresAt - now - EXPIRY_MARGIN;
  if (left < 0) return refuse('refusal_EXPIRES_TOO_SOON');
  if (workTime !== null && workTime > left)
    return refuse('refusal_WORK_TAKES_TOO_LONG', [seconds(left, Math.floor), seconds(workTime, Math.ceil)]);
  if (circumstances.undeliveredBefore) return ask('reason_undeliveredBefore');
  if (isHandOver(offer) && !circumstances.hasPocket) return ask('reason_signedBlock');
  const { budget } = circumstances.allowance;
  const first = askFirst(circumstances);
  if (budget === null || first !== null) return { kind: 'ask', ...(first ?? { reason: 'reason_newSite' }) };
  if (circumstances.isPayeeUnopened) return ask('reason_payeeUnopened');
  if (accounts === null) return ask('reason_locked');
  // A page must not learn which accounts are the wallet's own: they are asked about like any new payee.
  if (accounts.includes(offer.payTo)) return ask('reason_payeeChanged');
  return { kind: 'pay', budget };
}

/**
 * Why the budget does not pay; null when it does. The rule is applied twice: for the decision, and within the transaction
 * that reserves the money, where the budget and the sums cannot change before the debit.
 */
export function askFirst(circumstances: BudgetCircumstances): AskReason | null {
  const reason = ruleBroken(circumstances);
  return reason === null ? overLimit(circumstances) : { reason };
}

/** The first rule of the budget that the request breaks, but for those about amounts; null when there is none. */
function ruleBroken({
  challenge,
  offer,
  allowance: { budget },
  paidAt,
  isBlockOut,
  isOwed,
  paused,
  now,
}: BudgetCircumstances): Reason | null {
  if (challenge.isPrivate) return 'reason_privateWindow';
  if (offer.warnings.includes('unknownTerms')) return 'reason_unknownTerms';
  if (harderWorkOf(offer) !== undefined) return 'reason_harderWork';
  if (isBearer(offer) && offer.amount > MOST_BY_HASH) return 'reason_overHash';
  if (budget === null) return 'reason_newSite';
  if (paused || budget.paused) return 'reason_paused';
  if (periodAt(budget, now) === null) return 'reason_budgetEnded';
  if (challenge.fromServiceWorker && challenge.documentId === null) return 'reason_ofWorker';
  if (isUnheld(challenge)) return 'reason_unheld';
  if (!isAllowed(challenge, budget.initiators)) return 'reason_crossSite';
  const notByUser = whyNotByUser(challenge, paidAt);
  if (notByUser !== null) return notByUser;
  // A site that publishes no block, or serves nothing for one, gets no second one without the user.
  if (isHandOver(offer) && isBlockOut) return 'reason_blockOut';
  // Nor does a site that took money and has not served for it (docs/WIRE.md §11.3 rule 7).
  if (isHandOver(offer) && isOwed) return 'reason_owed';
  return budget.pinned && budget.payTo !== null && budget.payTo !== offer.payTo
    ? 'reason_payeeChanged'
    : null;
}

/** The first amount that is too high for the budget, with its numbers; null when there is none. */
function overLimit({ offer, allowance, lastPrice }: BudgetCircumstances): AskReason | null {
  const { budget, spent, cap, spentByAll } = allowance;
  if (budget === null) return null;
  const wanted = priceOf(offer);
  if (lastPrice !== null && hasRisen(wanted, lastPrice, budget.priceRise))
    return { reason: 'reason_priceRise', args: [inXno(lastPrice), inXno(wanted)] };
  const { price } = debitOf(budget.site, { amount: offer.amount, offer });
  const passed = limitPassed(budget, spent, price);
  if (passed === 'perPayment')
    return { reason: 'reason_overPayment', args: [inXno(budget.perPayment ?? price), inXno(price)] };
  if (passed !== null) return { reason: OVER[passed], args: leftOf(budget[passed], spent[passed]) };
  const capped = capPassed(allowance, price);
  return capped && { reason: OVER_CAP[capped], args: leftOf(cap[capped], spentByAll[capped]) };
}

/** What is left of a limit on a sum, and the limit, in XNO. */
function leftOf(limit: Raw | null, spent: Raw): readonly string[] {
  const of = limit ?? spent;
  return [inXno((of > spent ? of - spent : 0n) as Raw), inXno(of)];
}

/** An amount in XNO for a sentence: rounded to six decimals, unless that leaves nothing. The exact one is shown beside it. */
export function inXno(raw: Raw): string {
  const said = roundRaw(raw);
  return formatXno(said === ZERO ? raw : said);
}

const OVER: Readonly<Record<SumLimit, Reason>> = {
  perHour: 'reason_overHour',
  perDay: 'reason_overDay',
  perMonth: 'reason_overMonth',
  total: 'reason_overTotal',
};

const OVER_CAP: Readonly<Record<CapLimit, Reason>> = {
  perDay: 'reason_overGlobalDay',
  perMonth: 'reason_overGlobalMonth',
};

/** Whether a budget that is set with this payment would pay the next one like it without asking. */
export const budgetHelps = (reason: Reason): boolean => !BEYOND_A_BUDGET.has(reason);

/** The reasons that setting a budget (its limits, payee and last price) does not remove. */
const BEYOND_A_BUDGET: ReadonlySet<Reason> = new Set<Reason>([
  'reason_blockOut',
  'reason_owed',
  'reason_signedBlock',
  'reason_privateWindow',
  'reason_unknownTerms',
  'reason_harderWork',
  'reason_overHash',
  'reason_payeeUnopened',
  'reason_ofWorker',
  'reason_unheld',
  'reason_crossSite',
  'reason_justPaid',
  'reason_loadedAgain',
  'reason_startedByPage',
  'reason_startedOutside',
  'reason_startUnknown',
  'reason_notInFront',
  'reason_notInView',
  'reason_overHour',
  'reason_overMonth',
  'reason_overTotal',
  'reason_overGlobalDay',
  'reason_overGlobalMonth',
]);

/**
 * Why it is not certain that the user started the request and can see it; null when it is. A document must be opened by
 * its user, in the active tab of the window in front. For the requests of a page, the page must be visible. A request
 * that the browser repeats because it restored a page is not paid again without a question.
 */
function whyNotByUser(challenge: Challenge, paidAt: number | null): Reason | null {
  const { kind, startedBy, view } = challenge;
  const isByScript = kind === 'xmlhttprequest';
  const isPaidAgain = paidAt !== null && !isByScript;
  if (kind !== 'main_frame') {
    if (isPaidAgain && startedBy === 'browser') return 'reason_justPaid';
    return isInView(challenge) ? null : 'reason_notInView';
  }
  if (startedBy !== 'user') return isPaidAgain ? 'reason_justPaid' : STARTED[startedBy ?? 'unknown'];
  return view === 'front' ? null : 'reason_notInFront';
}

/** Whether the user can see the page that asks, in the window in front or beside it. */
export const isInView = ({ view }: Pick<Challenge, 'view'>): boolean => view === 'front' || view === 'beside';

const STARTED: Readonly<Record<Exclude<Starter, 'user'> | 'unknown', Reason>> = {
  browser: 'reason_loadedAgain',
  page: 'reason_startedByPage',
  outside: 'reason_startedOutside',
  unknown: 'reason_startUnknown',
};

/** Whether a script asked whose 402 was not held: it has its answer, and only a load of its page would get the content. */
function isUnheld({ kind, userPart }: Challenge): boolean {
  return kind === 'xmlhttprequest' && userPart === 'load';
}

/** Whether a price (raw) is more than `percent` percent above the last one. */
function hasRisen(price: Raw, last: Raw, percent: number): boolean {
  return price * 100n > last * BigInt(100 + percent);
}

/** The price of the resource in an offer, without the tag (raw). */
export function priceOf(offer: Offer): Raw {
  return 'resourceAmount' in offer ? offer.resourceAmount : offer.amount;
}

/**
 * Whether every origin that takes part in the request (the page in the tab, the frames around the one that asked, the
 * initiator, the redirecting site) is that of the payee's server, or one that the user allows to spend this budget.
 * Otherwise any site could spend another site's budget.
 */
function isAllowed(challenge: Challenge, initiators: readonly Site[]): boolean {
  const allowed: ReadonlySet<string | null> = new Set([siteOf(challenge.url), ...initiators]);
  const { kind, initiator, redirectedBy, topOrigin, ancestors = [] } = challenge;
  const byUser = kind === 'main_frame' && initiator === null;
  const others = [topOrigin, ...ancestors, ...(redirectedBy === undefined ? [] : [redirectedBy])];
  return others.every((one) => allowed.has(one)) && (byUser || allowed.has(initiator));
}

function ask(reason: Reason): Decision {
  return { kind: 'ask', reason };
}

function refuse(key: Refusal['key'], args?: readonly string[]): Decision {
  return { kind: 'refuse', key, ...(args && { args }) };
}

const seconds = (ms: number, round: (value: number) => number): string => String(round(ms / 1000));
