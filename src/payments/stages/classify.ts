import type { Challenge } from '../../interception/challenge.ts';
import {
  type ClassifyContext,
  classify as classifyHeader,
  tellingReason,
} from '../../protocol/offer/classify.ts';
import { type RefusalCode, refusalSentence } from '../../protocol/offer/codes.ts';
import { readHashOffer } from '../../protocol/offer/hash-offer.ts';
import type { Offer } from '../../protocol/offer/offer.ts';
import { arrivalOf } from '../arrival.ts';
import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import { askAgain, type Classify, declined, type Stage } from './stage.ts';

/** Chooses the offer of a challenge that the wallet can pay and the user likes best. */
export function classify(
  { offerClock }: ChallengeHandlerPorts,
  { challenge, context, history, reason, agreed, asked }: Classify,
): Stage {
  const circumstances = {
    url: challenge.url,
    network: context.network.id,
    alsoNamed: context.alsoNamed,
    sendThreshold: context.sendThreshold,
    ...arrivalOf(challenge),
    now: offerClock.of(challenge),
    preference: context.preference,
  };
  const offer = offerIn(challenge, circumstances);
  if (typeof offer !== 'string')
    return { kind: 'decide', challenge, offer, context, history, reason, agreed, asked };
  const ranOut =
    asked && offer === 'EXPIRED' && offerIn(challenge, { ...circumstances, now: challenge.seenAt });
  if (asked !== undefined && typeof ranOut === 'object') return askAgain(challenge, ranOut, asked);
  const key = refusalSentence(offer);
  // A fresh offer may be what the user agreed to in an earlier life of the worker.
  return agreed?.isKept && offer === 'EXPIRED'
    ? { kind: 'renew', challenge, otherwise: key, agreed }
    : declined(challenge, key);
}

/** The best offer of a challenge, or why there is none. */
export function offerIn(
  { header }: Pick<Challenge, 'header'>,
  context: ClassifyContext,
): Offer | RefusalCode {
  if (typeof header !== 'string') return readHashOffer(header, context);
  const classified = classifyHeader(header, context);
  if (classified.kind === 'refused') return classified.code;
  return classified.offers[0] ?? tellingReason(classified.refused) ?? 'BAD_ACCEPTS';
}
