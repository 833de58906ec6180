import type { Challenge } from '../../interception/challenge.ts';
import type { NanoAddress } from '../../nano/account.ts';
import { EXPIRY_MARGIN, SIGNING_MARGIN } from '../../policy/expiry-margins.ts';
import { harderWorkOf } from '../../protocol/mechanisms/index.ts';
import type { Offer } from '../../protocol/offer/offer.ts';
import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import { dealOf } from '../deal.ts';
import type { Handling } from '../handling.ts';
import { declined, type Reserve, type Stage } from './stage.ts';

/**
 * Finds the work of a payment before it is approved, where the search may take longer than the offer lives: an approved
 * payment that runs out is given up, and its user asked once more. Where the offer is too old by then, a fresh one is taken
 * in its place. Meanwhile the payment can be cancelled, and a killed worker's next life goes on. Resolves with the stage that
 * follows; null where the payment can be approved now.
 *
 * @throws Fault `fault_workUnavailable`, and as `AccountChain.look`
 */
export async function prepare(
  ports: ChallengeHandlerPorts,
  handling: Handling,
  { challenge, offer, approval, others }: Reserve,
  account: NanoAddress,
): Promise<Stage | null> {
  if (await isInTime(ports, challenge, offer, account)) return null;
  if (handling.isOver(challenge)) return declined(challenge, handling.endReason);
  // Without it the next life asks the user again.
  if (approval === 'once') await ports.agreements.keep(challenge, offer, others).catch(console.error);
  try {
    await ports.work.find(offer.network, account, handling.signal);
  } catch (failure) {
    if (handling.isOver(challenge)) return declined(challenge, handling.endReason);
    throw failure;
  }
  if (handling.isOver(challenge) || !(await ports.waits(challenge)))
    return declined(challenge, handling.endReason);
  if (offer.expiresAt - ports.offerClock.of(challenge) >= EXPIRY_MARGIN) return null;
  const agreed = approval === 'once' ? { deal: dealOf(offer), others } : undefined;
  return { kind: 'renew', challenge, otherwise: 'fault_offerExpired', isPrepared: true, agreed };
}

/** Whether the work is found already, or will be while the offer can still be paid. Harder work was decided about before. */
async function isInTime(
  { work, offerClock }: ChallengeHandlerPorts,
  challenge: Challenge,
  offer: Offer,
  account: NanoAddress,
): Promise<boolean> {
  if (harderWorkOf(offer) !== undefined) return true;
  const takes = await work.bound(offer.network, account);
  return takes !== null && takes <= offer.expiresAt - SIGNING_MARGIN - offerClock.of(challenge);
}
