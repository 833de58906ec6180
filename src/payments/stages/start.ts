import type { Challenge } from '../../interception/challenge.ts';
import { isManual } from '../../policy/manual.ts';
import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import type { Handling } from '../handling.ts';
import { historyOf } from '../request-history.ts';
import { replaces } from '../same-request.ts';
import { type Agreed, DONE, declined, type Stage } from './stage.ts';

/**
 * Gives a challenge what was paid for it already, if anything, or what its user opened again; otherwise it is classified.
 * Until the time that the server asked for, the page gets its own 402: no proof is sent, and the user is not asked to pay again. So does a
 * page that handles its own 402, always. What the user agreed to pay for the challenge, or was asked about it, in an earlier life of the worker goes on.
 */
export async function start(
  ports: ChallengeHandlerPorts,
  handling: Handling,
  { challenge }: { readonly challenge: Challenge },
): Promise<Stage> {
  const { delivery, approvals, agreements, askedQuestions, recorder } = ports;
  const context = await ports.context(challenge);
  if (context === null) {
    recorder.left(challenge, 'refusal_NO_PURSE', []);
    ports.metEarly(challenge);
    ports.release(challenge);
    return DONE;
  }
  // Before any payment of the past: a page that handles its own 402 takes a 200 for a failure.
  if (isManual(challenge, context.manualSites)) return declined(challenge, 'refusal_MANUAL');
  // A page that was loaded again is asked about anew: its older load no longer waits.
  approvals.lapse((question) => replaces(challenge, question.challenge));
  if (handling.reassign(delivery, challenge)) return DONE;
  if (await ports.reopening.serve(challenge)) return DONE;
  let history = await historyOf(ports, challenge, context.network.id);
  if (history.ofChallenge !== undefined) return { kind: 'deliver', challenge, payment: history.ofChallenge };
  let kept = await delivery.keptFor(challenge, history.undelivered);
  // Another page that asks for the same may get the payment that was found, before it is delivered here.
  while (kept !== undefined) {
    if (await delivery.serve(kept, challenge)) return DONE;
    history = await historyOf(ports, challenge, context.network.id);
    kept = await delivery.keptFor(challenge, history.undelivered);
  }
  const wantedAt = delivery.wantedAt(challenge, history.undelivered);
  if (wantedAt !== null) {
    const seconds = Math.ceil((wantedAt - ports.now()) / 1_000);
    return declined(challenge, 'refusal_NOT_YET', [`${seconds}`]);
  }
  if (await agreements.isShared(challenge)) return declined(challenge, 'refusal_SHARED');
  const deal = await agreements.of(challenge);
  const agreed: Agreed | undefined = deal === null ? undefined : { deal, others: [], isKept: true };
  const asked = await askedQuestions.of(challenge);
  return { kind: 'classify', challenge, context, history, agreed, asked };
}
