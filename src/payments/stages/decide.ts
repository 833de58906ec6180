import type { Challenge } from '../../interception/challenge.ts';
import { type Circumstances, decide as decideOffer } from '../../policy/decision.ts';
import { harderWorkOf, needsOpenedPayee } from '../../protocol/mechanisms/index.ts';
import { siteOf } from '../../site.ts';
import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import type { Handling } from '../handling.ts';
import { type Decide, type Decided, DONE, declined, type Stage } from './stage.ts';

/** Applies policy to an offer. */
export async function decide(
  ports: ChallengeHandlerPorts,
  { challenge, offer, context, history, reason }: Decide,
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
  };
}

/** Records a decision and follows it. */
export async function follow(
  ports: ChallengeHandlerPorts,
  handling: Handling,
  { challenge, offer, decision, isPayeeUnopened = false, lastPrice }: Decided,
): Promise<Stage> {
  ports.recorder.decided(challenge, offer, decision);
  if (decision.kind !== 'refuse' && handling.reassign(ports.delivery, challenge, offer)) return DONE;
  switch (decision.kind) {
    case 'refuse':
      // Only for a document that its user opened: a second request tells the site that there is a wallet.
      return decision.key === 'refusal_EXPIRES_TOO_SOON' && isOpenedByUser(challenge)
        ? { kind: 'renew', challenge, otherwise: decision.key }
        : declined(challenge, decision.key, decision.args);
    case 'ask': {
      const { reason, args } = decision;
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

const isOpenedByUser = ({ kind, startedBy }: Challenge): boolean =>
  kind === 'main_frame' && startedBy === 'user';
