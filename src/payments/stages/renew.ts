import { isManual } from '../../policy/manual.ts';
import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import type { Handling } from '../handling.ts';
import { historyOf } from '../request-history.ts';
import { declined, type Reconsider, type Renew, type Stage } from './stage.ts';

/**
 * Asks the server for a fresh offer, since the present one would expire before delivery (docs/WIRE.md §7.5): once a challenge,
 * whenever the user wants it, and where the rest of the payment is ready. Where there is none, the challenge is not paid.
 */
export async function renew(
  ports: ChallengeHandlerPorts,
  handling: Handling,
  { challenge, otherwise, reason, isByUser = false, isPrepared = false, agreed }: Renew,
): Promise<Stage> {
  const isAllowed = isByUser || isPrepared || handling.takeRenewal();
  const fresh = isAllowed ? await ports.freshOffer(challenge).catch(() => null) : null;
  if (handling.isOver(challenge)) return declined(challenge, handling.endReason);
  if (fresh === null) return declined(challenge, otherwise);
  ports.recorder.renewed(fresh);
  return { kind: 'reconsider', challenge: fresh, otherwise, reason, agreed };
}

/** Looks up the context and the history of a challenge whose offer is fresh, and has it classified. */
export async function reconsider(
  ports: ChallengeHandlerPorts,
  { challenge, otherwise, reason, agreed }: Reconsider,
): Promise<Stage> {
  const context = await ports.context(challenge);
  if (context === null) return declined(challenge, otherwise);
  if (isManual(challenge, context.manualSites)) return declined(challenge, 'refusal_MANUAL');
  const history = await historyOf(ports, challenge, context.network.id);
  return { kind: 'classify', challenge, context, history, reason, agreed };
}
