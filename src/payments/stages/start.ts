import type { Challenge } from '../../interception/challenge.ts';
import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import type { Handling } from '../handling.ts';
import { historyOf } from '../request-history.ts';
import { replaces } from '../same-request.ts';
import { DONE, type Stage } from './stage.ts';

/** Gives a challenge what was paid for it already, if anything; otherwise it is classified. */
export async function start(
  ports: ChallengeHandlerPorts,
  handling: Handling,
  { challenge }: { readonly challenge: Challenge },
): Promise<Stage> {
  const { delivery, approvals, recorder } = ports;
  const context = await ports.context(challenge);
  if (context === null) {
    recorder.left(challenge, 'refusal_NO_PURSE', []);
    ports.release(challenge);
    return DONE;
  }
  // A page that was loaded again is asked about anew: its older load no longer waits.
  approvals.lapse((question) => replaces(challenge, question.challenge));
  if (handling.reassign(delivery, challenge)) return DONE;
  let history = await historyOf(ports, challenge, context.network.id);
  if (history.ofChallenge !== undefined) return { kind: 'deliver', challenge, payment: history.ofChallenge };
  let kept = await delivery.keptFor(challenge, history.undelivered);
  // Another page that asks for the same may get the payment that was found, before it is delivered here.
  while (kept !== undefined) {
    if (await delivery.serve(kept, challenge)) return DONE;
    history = await historyOf(ports, challenge, context.network.id);
    kept = await delivery.keptFor(challenge, history.undelivered);
  }
  return { kind: 'classify', challenge, context, history };
}
