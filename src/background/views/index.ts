import type { Fault, PlainMessageKey } from '../../fault.ts';
import type { Challenge, UserPart } from '../../interception/challenge.ts';
import { askersOf } from '../../interception/parties.ts';
import type {
  ActivityView,
  ApprovalView,
  BudgetView,
  CapView,
  FaultView,
  NetworkView,
  PaymentView,
  SeedView,
  UseView,
} from '../../messages/views.ts';
import type { Raw } from '../../nano/amount.ts';
import type { BlockHash } from '../../nano/block.ts';
import type { NetworkProfile } from '../../nano/network.ts';
import { nameOf, type Question } from '../../payments/approval-queue.ts';
import { isUnderway } from '../../payments/payment.ts';
import { type AnyPayment, isWhole } from '../../payments/private-record.ts';
import {
  type Allowance,
  budgetUse,
  CAP_LIMITS,
  type Overall,
  renewalOf,
  termAt,
  type Use,
  usesOf,
} from '../../policy/budget.ts';
import { budgetHelps } from '../../policy/decision.ts';
import { isHandOver } from '../../protocol/mechanisms/index.ts';
import type { Offer, OfferWarning } from '../../protocol/offer/offer.ts';
import type { Site } from '../../site.ts';
import type { Activity } from '../../storage/activity.ts';
import { BUILT_IN } from '../../storage/settings.ts';
import type { Copies } from '../../vault/seed-copies.ts';
import { type HandedOver, handedOverFault } from '../../wallet/own-block.ts';
import { blockOf } from '../../wallet/transfer.ts';
import type { Wallet } from '../../wallet/wallet.ts';

/** A tag of more than a millionth of a XNO (10^24 raw) is worth showing by itself (docs/WIRE.md §4.27). */
const LARGE_TAG = 10n ** 24n;

export function networkView(network: NetworkProfile): NetworkView {
  return { ...network, builtIn: BUILT_IN.some((builtIn) => builtIn.id === network.id) };
}

/** A site's budget at a moment (ms); null where there is none. */
export function budgetView({ budget, spent }: Allowance, at: number): BudgetView | null {
  if (budget === null) return null;
  const { site, term: period, pinned, payTo, priceRise, initiators, paused } = budget;
  const running = termAt(budget, at);
  return {
    site,
    perPayment: textOf(budget.perPayment),
    perHour: textOf(budget.perHour),
    perDay: textOf(budget.perDay),
    perMonth: textOf(budget.perMonth),
    total: textOf(budget.total),
    term: period && { until: running?.until ?? period.until, renews: period.renews },
    ended: running === null,
    renewsOn: renewalOf(budget, at),
    uses: running === null ? [] : budgetUse(budget, spent).map(useView),
    spentToday: spent.perDay.toString(),
    pinned,
    payTo,
    priceRise,
    initiators,
    paused,
  };
}

/** The cap over all sites. */
export function capView({ cap, spentByAll }: Overall): CapView {
  const { perDay, perMonth } = cap;
  const uses = usesOf(CAP_LIMITS, cap, spentByAll).map(useView);
  return { perDay: textOf(perDay), perMonth: textOf(perMonth), uses };
}

const textOf = (raw: Raw | null) => raw?.toString() ?? null;

function useView({ limit, spent, of, mark }: Use): UseView {
  return { limit, spent: spent.toString(), of: of.toString(), mark };
}

export interface ApprovalContext {
  readonly network: NetworkProfile;
  readonly allowance: Allowance;
  readonly now: number;
  readonly wallet: Wallet | null;
  /** Who has a signed block of the purse's and has not published it; null when the purse can pay. */
  readonly holder: HandedOver | null;
  /** Whether the payee was paid before. */
  readonly isKnownPayee: boolean;
  readonly work: ApprovalView['work'];
}

export function approvalView(
  question: Question,
  { network, allowance, now, wallet, holder, isKnownPayee, work }: ApprovalContext,
): ApprovalView {
  const { site, challenge, offer, reason } = question;
  const tag = 'tagAmount' in offer && offer.tagAmount > LARGE_TAG ? offer.tagAmount : null;
  const asker = askerOf(challenge, site);
  const missing = wallet?.missing(offer.amount) ?? null;
  const isOwn = wallet?.accounts.includes(offer.payTo) ?? false;
  return {
    id: nameOf(question),
    site,
    askedBy: asker,
    askers: askersOf(challenge, site),
    url: challenge.url,
    amount: offer.amount.toString(),
    tag: tag?.toString() ?? null,
    payTo: offer.payTo,
    mechanism: offer.mechanism,
    description: offer.resource.description ?? null,
    network: networkView(network),
    isPrivate: challenge.isPrivate,
    reason,
    checks: checksOf(offer),
    warnings: [
      ...(challenge.userPart === undefined ? [] : [PARTS[challenge.userPart]]),
      ...(isHandOver(offer) ? (['warning_signedBlock'] as const) : []),
      ...offer.warnings.map(warningKey),
      ...(tag === null ? [] : (['warning_largeTag'] as const)),
      ...(isKnownPayee || isOwn ? [] : (['warning_firstPayment'] as const)),
    ],
    expiresAt: offer.expiresAt,
    obstacle: isOwn ? { key: 'approve_ownAccount', args: [] } : waitingView(holder),
    canBudget: !challenge.isPrivate && !isHandOver(offer) && budgetHelps(reason),
    budget: budgetView(allowance, now),
    cap: capView(allowance),
    balance: wallet?.balance?.toString() ?? null,
    missing: missing?.toString() ?? null,
    account: wallet?.account ?? '',
    work,
  };
}

/** What could not be done, as the pages say it; null for nothing. */
export function faultView(fault: Fault | null): FaultView | null {
  return fault && { key: fault.key, args: fault.args };
}

/** Why an account cannot pay while its signed block is out. */
export function waitingView(holder: HandedOver | null): FaultView | null {
  return faultView(holder && handedOverFault(holder));
}

/** The other site that had a hand in the request: the page in the tab, a frame in it, who redirected it or started it. */
export function askerOf(
  {
    topOrigin,
    ancestors = [],
    redirectedBy,
    initiator,
  }: Pick<Challenge, 'topOrigin' | 'ancestors' | 'redirectedBy' | 'initiator'>,
  site: Site,
): string | null {
  const hands = [topOrigin, ...ancestors.toReversed(), redirectedBy ?? null, initiator];
  return hands.find((one) => one !== null && one !== site) ?? null;
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

const PARTS: Readonly<Record<UserPart, PlainMessageKey>> = {
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
  }
}

/** `out` holds the signed blocks that were handed over and not cashed, by their hash. */
export function activityView(activity: Activity, out: ReadonlySet<BlockHash>): ActivityView {
  if (activity.kind === 'payment') return paymentView(activity.payment, out);
  const { transfer } = activity;
  const { kind, id, at, amount, counterparty, network, state } = transfer;
  return {
    kind,
    id,
    at,
    state: state?.kind ?? 'done',
    fault: state?.kind === 'refused' ? { key: 'fault_nodeRefused', args: [state.said] } : null,
    amount: amount.toString(),
    counterparty,
    blockHash: blockOf(transfer),
    network: network.id,
    testMoney: network.testMoney,
  };
}

/** `out` as for `activityView`. Of a payment in a private window nothing is told but what the disk keeps. */
export function paymentView(payment: AnyPayment, out: ReadonlySet<BlockHash>): PaymentView {
  const { intent, progress, story, replaced = [], claimed = [] } = payment;
  const { id, at, amount, network, approval, offer } = intent;
  const hash = 'hash' in progress ? progress.hash : null;
  return {
    kind: 'payment',
    id,
    at,
    state: progress.state,
    story,
    ...wordsOf(payment),
    isForgotten: !isWhole(payment),
    amount: amount.toString(),
    payTo: offer.payTo,
    mechanism: offer.mechanism,
    network: network.id,
    testMoney: network.testMoney,
    approval,
    blockHash: hash,
    lostBlocks: [...replaced, ...claimed],
    status: 'status' in progress ? progress.status : null,
    cheque:
      !isHandOver(offer) || !hash || progress.state === 'revoked' ? null : out.has(hash) ? 'out' : 'cashed',
    byPost: progress.state === 'settled' && progress.byPost === true,
    canDeliver: 'proof' in progress && progress.state !== 'settled' && !isUnderway(progress.state),
  };
}

type Words = 'isPrivate' | 'site' | 'askedBy' | 'url' | 'method' | 'description' | 'fault' | 'serverSaid';

/** What names the site, or is in its words. */
function wordsOf(payment: AnyPayment): Pick<PaymentView, Words> {
  const { progress } = payment;
  if (!isWhole(payment) || payment.intent.challenge.isPrivate) {
    return {
      isPrivate: true,
      site: null,
      askedBy: null,
      url: null,
      method: null,
      description: null,
      fault: progress.state === 'abandoned' ? { key: progress.fault, args: [] } : null,
      serverSaid: null,
    };
  }
  const { site, challenge, offer } = payment.intent;
  return {
    isPrivate: false,
    site,
    askedBy: askerOf(challenge, site),
    url: challenge.url,
    method: challenge.method,
    description: offer.resource.description ?? null,
    fault:
      payment.progress.state === 'abandoned'
        ? { key: payment.progress.fault, args: payment.progress.args }
        : null,
    serverSaid: payment.progress.state === 'refused' ? payment.progress.said : null,
  };
}

/** What a locked purse says of its sealed seed. */
export function seedView(copies: Copies): SeedView {
  switch (copies.kind) {
    case 'lost':
      return { kind: 'lost', account: copies.copy.account };
    case 'differ':
      return { kind: 'differ', first: copies.first.account, second: copies.second.account };
    case 'kept':
    case 'none':
    case 'unreadable':
      return { kind: 'kept' };
  }
}
