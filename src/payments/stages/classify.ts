import { classify as classifyHeader, tellingReason } from '../../protocol/offer/classify.ts';
import { refusalSentence } from '../../protocol/offer/codes.ts';
import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import { type Classify, declined, type Stage } from './stage.ts';

/** Chooses the offer of a challenge that the wallet can pay and the user likes best. */
export function classify(
  { now }: ChallengeHandlerPorts,
  { challenge, context, history, reason }: Classify,
): Stage {
  const classified = classifyHeader(challenge.header, {
    url: challenge.url,
    network: context.network.id,
    alsoNamed: context.alsoNamed,
    sendThreshold: context.sendThreshold,
    arrivedAt: challenge.seenAt,
    now: now(),
    preference: context.preference,
  });
  if (classified.kind === 'refused') return declined(challenge, refusalSentence(classified.code));
  const [offer] = classified.offers;
  if (offer === undefined) {
    return declined(challenge, refusalSentence(tellingReason(classified.refused) ?? 'BAD_ACCEPTS'));
  }
  return { kind: 'decide', challenge, offer, context, history, reason };
}
