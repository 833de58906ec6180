import type { Challenge } from '../../interception/challenge.ts';
import {
  type Circumstances,
  type Decision,
  decide as decideOffer,
  inXno,
  type Reason,
} from '../../policy/decision.ts';
import { harderWorkOf, needsOpenedPayee } from '../../protocol/mechanisms/index.ts';
import type { Offer } from '../../protocol/offer/offer.ts';
import { siteOf } from '../../site.ts';
import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import { type Deal, isSameDeal, pricedAt } from '../deal.ts';
import type { Handling } from '../handling.ts';
import { askAgain, type Decide, type Decided, DONE, declined, type Stage } from './stage.ts';

/** Applies policy to an offer. */
export async function decide(
  ports: ChallengeHandlerPorts,
  { challenge, offer, context, history, reason, agreed, asked }: Decide,
): Promise<Decided> {
  const { allowance, blocked, isAskerBlocked, lastPrice, paidAt, isBlockOut, isOwed, undelivered } = history;
  const accounts = allowance.budget === null ? null : await ports.accounts(offer.network);
  const undeliveredBefore = await ports.delivery.isPaidInVain(challenge, undelivered);
  const harderWork = harderWorkOf(offer);
  const workTime = harderWork === undefined ? null : await ports.workTime(harderWork);
  const circumstances: Circumstances = {
    challenge,
    offer,
    allowance,
    blocked,
    isAskerBlocked,
    lastPrice,
    paidAt,
    isBlockOut,
    isOwed,
    hasPocket: context.hasPocket,
    undeliveredBefore,
    paused: context.paused,
    workTime,
    accounts,
    isPayeeUnopened: false,
    now: ports.offerClock.of(challenge),
  };
  const preliminary = decideOffer(circumstances);
  // No node is asked about the payee of an offer that is refused in any case.
  const isPayeeUnopened =
    preliminary.kind !== 'refuse' &&
    needsOpenedPayee(offer) &&
    (await ports.isPayeeUnopened(offer.network, offer.payTo));
  const decision = isPayeeUnopened ? decideOffer({ ...circumstances, isPayeeUnopened }) : preliminary;
  const isAskedAgain = decision.kind === 'ask' && reason !== undefined;
  return {
    kind: 'decided',
    challenge,
    offer,
    decision: isAskedAgain ? { kind: 'ask', reason } : decision,
    isPayeeUnopened,
    lastPrice: lastPrice ?? undefined,
    agreed,
    asked,
    paysAnyPayee: allowance.budget?.pinned === false,
  };
}

/** Records a decision and follows it. */
export async function follow(
  ports: ChallengeHandlerPorts,
  handling: Handling,
  decided: Decided,
): Promise<Stage> {
  const {
    challenge,
    offer,
    isPayeeUnopened = false,
    lastPrice,
    agreed,
    asked,
    paysAnyPayee = false,
  } = decided;
  const isAgreed = agreed !== undefined && isSameDeal(agreed.deal, offer, paysAnyPayee && !agreed.isKept);
  const decision =
    agreed === undefined || isAgreed ? decided.decision : changed(decided.decision, agreed.deal, offer);
  // The offer of an earlier life may be too old by now. Who agreed to it pays a fresh one, who was asked can have one asked for.
  if (decision.kind === 'refuse' && decision.key === 'refusal_EXPIRES_TOO_SOON') {
    if (agreed?.isKept) return { kind: 'renew', challenge, otherwise: decision.key, agreed };
    if (asked !== undefined) return askAgain(challenge, offer, asked);
  }
  ports.recorder.decided(challenge, offer, decision);
  if (isAgreed) handling.agree(offer);
  if (decision.kind !== 'refuse' && handling.reassign(ports.delivery, challenge, offer)) return DONE;
  switch (decision.kind) {
    case 'refuse':
      // Only for a document that its user opened: a second request tells the site that there is a wallet.
      return decision.key === 'refusal_EXPIRES_TOO_SOON' && isOpenedByUser(challenge)
        ? { kind: 'renew', challenge, otherwise: decision.key }
        : declined(challenge, decision.key, decision.args);
    case 'ask': {
      const { reason, args } = decision;
      if (isAgreed && !PAYS_TWICE.has(reason))
        return { kind: 'reserve', challenge, offer, approval: 'once', others: agreed.others };
      const site = siteOf(challenge.url);
      const question = { id: challenge.id, site, challenge, offer, reason, args, lastPrice, isPayeeUnopened };
      return { kind: 'ask', challenge, question };
    }
    case 'pay':
      return (await ports.handedOver(offer.network)) === null
        ? { kind: 'reserve', challenge, offer, approval: 'budget', others: [] }
        : { kind: 'decided', challenge, offer, decision: { kind: 'ask', reason: 'reason_blockOut' } };
  }
}

/** The reasons about which a user who agreed to the price and the recipient has still to be asked. */
const PAYS_TWICE: ReadonlySet<Reason> = new Set<Reason>(['reason_undeliveredBefore', 'reason_justPaid']);

/** The decision on an offer that differs from what the user agreed to. */
function changed(decision: Decision, { price: before }: Deal, offer: Offer): Decision {
  if (decision.kind !== 'ask' || PAYS_TWICE.has(decision.reason)) return decision;
  const now = pricedAt(offer);
  return before === now
    ? { kind: 'ask', reason: 'reason_ranOut' }
    : { kind: 'ask', reason: 'reason_priceChanged', args: [inXno(before), inXno(now)] };
}

const isOpenedByUser = ({ kind, startedBy }: Challenge): boolean =>
  kind === 'main_frame' && startedBy === 'user';
