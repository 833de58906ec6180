import { Fault } from '../../fault.ts';
import type { Challenge } from '../../interception/challenge.ts';
import type { PaymentId } from '../../payment-id.ts';
import { EXPIRY_MARGIN } from '../../policy/expiry-margins.ts';
import { isHandOver } from '../../protocol/mechanisms/index.ts';
import type { Offer } from '../../protocol/offer/offer.ts';
import { siteOf } from '../../site.ts';
import { handedOverFault } from '../../wallet/own-block.ts';
import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import type { Handling } from '../handling.ts';
import { isOwnAccount } from '../own-account.ts';
import { resourceOf } from '../payment.ts';
import { historyOf } from '../request-history.ts';
import { deliver } from './deliver.ts';
import { prepare } from './prepare.ts';
import { DONE, declined, type Reserve, type Stage } from './stage.ts';

/**
 * Checks what may have changed since the decision, reserves the money, and delivers: the account stays leased until
 * then. Where the budget does not allow the payment any more, policy decides again.
 *
 * @throws Fault `fault_locked`, `fault_unknownNetwork`, `fault_chequeOut`, and as `prepare` and `Delivery.serve`
 */
export async function reserve(
  ports: ChallengeHandlerPorts,
  handling: Handling,
  stage: Reserve,
): Promise<Stage> {
  const { challenge, offer, approval, others } = stage;
  const { journal, delivery, now, offerClock } = ports;
  const [isAwaited, context] = await Promise.all([ports.waits(challenge), ports.context(challenge)]);
  if (!isAwaited) return declined(challenge, handling.endReason);
  if (context === null) throw new Fault('fault_locked');
  if (context.network.id !== offer.network) throw new Fault('fault_unknownNetwork');
  // The wallet may have been locked when this was decided.
  if (await isOwnAccount(ports, offer)) return declined(challenge, 'refusal_OWN_ACCOUNT');
  const handedOver = await ports.handedOver(offer.network);
  if (handedOver !== null) throw handedOverFault(handedOver);
  if (context.paused && approval === 'budget') {
    return { kind: 'decided', challenge, offer, decision: { kind: 'ask', reason: 'reason_paused' } };
  }
  if (offer.expiresAt - offerClock.of(challenge) < EXPIRY_MARGIN) {
    return { kind: 'renew', challenge, otherwise: 'refusal_EXPIRES_TOO_SOON' };
  }
  const order = { amount: offer.amount, approval, isHandOver: isHandOver(offer) };
  const lease = await ports.lease(offer.network, order);
  if (lease === null) {
    if (approval === 'once') throw new Fault('fault_locked');
    return { kind: 'decided', challenge, offer, decision: { kind: 'ask', reason: 'reason_pocketEmpty' } };
  }
  try {
    const instead = await prepare(ports, handling, stage, lease.account);
    if (instead !== null) return instead;
    // From the reservation on the journal knows of the payment. A worker that is killed in between asks again: it never pays twice.
    await ports.agreements.end(challenge.id);
    if (!(await ports.take(challenge))) return declined(challenge, handling.endReason);
    if (handling.reassign(delivery, challenge, offer)) return DONE;
    // Nothing is awaited between these checks and the reservation: a later request finds this one being paid.
    if (handling.isOver(challenge)) return declined(challenge, handling.endReason);
    const reservation = await journal.reserve({
      id: crypto.randomUUID() as PaymentId,
      at: now(),
      network: context.network,
      account: lease.account,
      site: siteOf(challenge.url),
      challenge,
      offer,
      amount: offer.amount,
      approval,
      once: onceOf(challenge, offer),
      resource: resourceOf(challenge),
    });
    if (reservation.kind !== 'over') {
      const { payment } = reservation;
      return await deliver(ports, handling, { kind: 'deliver', challenge, payment, others });
    }
  } finally {
    lease.done();
  }
  const history = await historyOf(ports, challenge, context.network.id);
  return { kind: 'decide', challenge, offer, context, history };
}

/** What may be paid only once: the server's session, nonce or challenge; without one, this approval (invariant 1). */
function onceOf(challenge: Challenge, offer: Offer): string {
  return offer.oncePer === undefined
    ? `approval ${challenge.id}`
    : [offer.network, offer.payTo, offer.mechanism, offer.oncePer].join(' ');
}
