import type { PlainMessageKey } from '../../fault.ts';
import { type Challenge, isReloadedWhenPaid, type UserPart } from '../../interception/challenge.ts';
import { askersOf, scriptSiteOf } from '../../interception/parties.ts';
import type { ApprovalView, UnderwayView } from '../../messages/approval.ts';
import type { RawString } from '../../messages/fields.ts';
import type { Raw } from '../../nano/amount.ts';
import type { NetworkProfile } from '../../nano/network.ts';
import { arrivalOf } from '../../payments/arrival.ts';
import type { UnderwayPayment } from '../../payments/challenge-handler.ts';
import { nameOf, type Question } from '../../payments/question.ts';
import type { Allowance } from '../../policy/budget.ts';
import { debitOf } from '../../policy/debit.ts';
import { budgetHelps, priceOf } from '../../policy/decision.ts';
import { EXPIRY_MARGIN } from '../../policy/expiry-margins.ts';
import { harderWorkOf, isBearer, isHandOver } from '../../protocol/mechanisms/index.ts';
import { toldSkew } from '../../protocol/offer/life.ts';
import type { Offer } from '../../protocol/offer/offer.ts';
import type { OfferWarning } from '../../protocol/offer/terms.ts';
import { siteOf } from '../../site.ts';
import type { HandedOver } from '../../wallet/own-block.ts';
import type { Wallet } from '../../wallet/wallet.ts';
import { parseThreshold, timesHarder } from '../../work/difficulty.ts';
import { askerOf } from './asker.ts';
import { budgetView, capView } from './budget.ts';
import { handedOverView } from './fault.ts';
import { networkView } from './network.ts';

/** A tag of more than a millionth of a XNO (10^24 raw) is shown by itself (docs/WIRE.md §4.27). */
const LARGE_TAG = 10n ** 24n;

export interface ApprovalContext {
  readonly network: NetworkProfile;
  readonly allowance: Allowance;
  readonly now: number;
  readonly wallet: Wallet | null;
  /** The handed-over block that keeps the account from paying; null when it can pay. */
  readonly holder: HandedOver | null;
  /** Whether the payee was paid before. */
  readonly isKnownPayee: boolean;
  /** What all other budgets may spend a day (raw); null where there is a pocket. */
  readonly otherBudgets: Raw | null;
  readonly work: ApprovalView['work'];
  /** As in `Circumstances`. */
  readonly workTime: number | null;
  /** As in `ApprovalView`. */
  readonly hasRunOut: boolean;
}

export function approvalView(
  question: Question,
  {
    network,
    allowance,
    now,
    wallet,
    holder,
    isKnownPayee,
    otherBudgets,
    work,
    workTime,
    hasRunOut,
  }: ApprovalContext,
): ApprovalView {
  const { site, challenge, offer, reason, args = [], lastPrice, isPayeeUnopened } = question;
  const tag = 'tagAmount' in offer && offer.tagAmount > LARGE_TAG ? offer.tagAmount : null;
  const asker = askerOf(challenge, site);
  const missing = wallet?.missing(offer.amount) ?? null;
  const isOwn = wallet?.accounts.includes(offer.payTo) ?? false;
  return {
    id: nameOf(question),
    exchange: challenge.id,
    site,
    askedBy: asker,
    askers: askersOf(challenge, site),
    url: challenge.url,
    amount: offer.amount.toString(),
    price: shownPrice(challenge, offer),
    tag: tag?.toString() ?? null,
    payTo: offer.payTo,
    mechanism: offer.mechanism,
    description: offer.resource.description ?? null,
    network: networkView(network),
    manualSite: challenge.isPrivate ? null : scriptSiteOf(challenge),
    isPrivate: challenge.isPrivate,
    reason,
    args,
    lowerPrice: lastPrice !== undefined && lastPrice < priceOf(offer) ? lastPrice.toString() : null,
    otherPayTo: otherPayeeOf(allowance, offer),
    isFirstPayment: !isKnownPayee && !isOwn,
    checks: checksOf(offer),
    warnings: [
      ...userPartWarnings(challenge),
      ...(isHandOver(offer) ? (['warning_signedBlock'] as const) : []),
      ...(isBearer(offer) ? (['warning_paidByHash'] as const) : []),
      ...offer.warnings.map(warningKey),
      ...(tag === null ? [] : (['warning_largeTag'] as const)),
      ...(isPayeeUnopened ? (['warning_payeeUnopened'] as const) : []),
    ],
    harderWork: harderWorkView(offer, network, workTime),
    answerBy: offer.expiresAt - EXPIRY_MARGIN,
    clockSkew: toldSkew(arrivalOf(challenge)),
    hasRunOut,
    obstacle: isOwn ? { key: 'approve_ownAccount', args: [] } : handedOverView(holder),
    reloadsPage: isReloadedWhenPaid(challenge),
    canBudget: !challenge.isPrivate && !isHandOver(offer) && budgetHelps(reason),
    budget: budgetView(allowance, now),
    otherBudgets: otherBudgets?.toString() ?? null,
    cap: capView(allowance),
    balance: wallet?.balance?.toString() ?? null,
    missing: missing?.toString() ?? null,
    account: wallet?.account ?? '',
    work,
  };
}

/** A payment that the user agreed to. */
export const underwayView = ({ challenge, offer }: UnderwayPayment): UnderwayView => ({
  exchange: challenge.id,
  price: shownPrice(challenge, offer),
  site: siteOf(challenge.url),
});

/** The part of the amount that limits count. */
const shownPrice = ({ isPrivate, url }: Challenge, offer: Offer): RawString =>
  debitOf(isPrivate ? null : siteOf(url), { amount: offer.amount, offer }).price.toString();

/** The payee of the site's budget, where it is bound to one and the offer names another one. */
function otherPayeeOf({ budget }: Allowance, { payTo }: Offer): string | null {
  return budget?.pinned && budget.payTo !== payTo ? budget.payTo : null;
}

function harderWorkView(
  offer: Offer,
  { thresholds }: NetworkProfile,
  workTime: number | null,
): ApprovalView['harderWork'] {
  const threshold = harderWorkOf(offer);
  if (threshold === undefined) return null;
  return { times: Number(timesHarder(threshold, parseThreshold(thresholds.send))), workTime };
}

function checksOf(offer: Offer): readonly PlainMessageKey[] {
  const own: readonly PlainMessageKey[] =
    'tagAmount' in offer
      ? ['check_sumMatches']
      : offer.mechanism === 'nanoSignature'
        ? ['check_urlBound']
        : [];
  return [...own, 'check_payeeValid', 'check_network', 'check_fresh'];
}

/** What the user has to know of the way in which the page gets what is paid for. */
function userPartWarnings(challenge: Challenge): readonly PlainMessageKey[] {
  const { userPart, givenBack } = challenge;
  if (givenBack) return [isReloadedWhenPaid(challenge) ? 'warning_reloads' : 'warning_sendAgain'];
  return userPart === undefined ? [] : [USER_PART_WARNINGS[userPart]];
}

const USER_PART_WARNINGS: Readonly<Record<UserPart, PlainMessageKey>> = {
  load: 'warning_loadAgain',
  confirm: 'warning_confirm',
};

function warningKey(warning: OfferWarning): PlainMessageKey {
  switch (warning) {
    case 'legacyPayTo':
      return 'warning_legacyPrefix';
    case 'resourceScheme':
      return 'warning_resourceMismatch';
    case 'insecurePage':
      return 'warning_insecure';
    case 'unknownTerms':
      return 'warning_unknownTerms';
  }
}
