import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import type { Handling } from '../handling.ts';
import { isWhole } from '../private-record.ts';
import { type Deliver, DONE, declined, type Ended } from './stage.ts';

/**
 * Pays as far as that is still to do, and delivers the proof.
 *
 * @throws Fault as `Delivery.serve`
 */
export async function deliver(
  { delivery }: ChallengeHandlerPorts,
  handling: Handling,
  { challenge, payment, others }: Deliver,
): Promise<Ended> {
  if (!isWhole(payment)) return declined(challenge, 'refusal_ALREADY_PAID');
  if (payment.intent.approval === 'once') handling.agree(payment.intent.offer);
  const serving = delivery.serve(payment, challenge, others);
  // The page may have taken the request back, or its user cancelled, while the money was reserved.
  if (handling.isWithdrawn) delivery.withdraw(challenge);
  if (handling.isCancelled) delivery.cancel(challenge.id);
  return (await serving) ? DONE : declined(challenge, 'refusal_ALREADY_PAID');
}
