import { blake2b } from '@noble/hashes/blake2.js';
import type { MessageKey } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import { partiesIn } from '../interception/parties.ts';
import type { Raw } from '../nano/amount.ts';
import { hexOf } from '../nano/hex.ts';
import { priceOf } from '../policy/decision.ts';
import { harderWorkOf } from '../protocol/mechanisms/index.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { Site } from '../site.ts';

/** A question to the user: may this offer be paid? */
export interface Question {
  /** The id of the challenge that raised it. */
  readonly id: string;
  readonly site: Site;
  /** The newest request that waits for the answer. */
  readonly challenge: Challenge;
  readonly offer: Offer;
  /** Why the user is asked. */
  readonly reason: Extract<MessageKey, `reason_${string}`>;
  /** The numbers in the reason, as in `Decision`. */
  readonly args?: readonly string[] | undefined;
  /** The price of the same resource when it was last bought (raw); absent where it never was. */
  readonly lastPrice?: Raw | undefined;
  /** As in `Circumstances`: the user is warned. */
  readonly isPayeeUnopened: boolean;
}

/**
 * Names a question by everything that its answer is about: challenge, network, mechanism, payee, amount and harder work, and
 * whether its page has to send the request again. A restarted worker asks the same question under the same name. A late
 * answer cannot reach a question whose terms have changed.
 */
export function nameOf({ id, challenge, offer }: Question): string {
  const { givenBack = false } = challenge;
  const { network, mechanism, payTo, amount } = offer;
  const offered = [network, mechanism, payTo, amount.toString(), harderWorkOf(offer)];
  const terms = JSON.stringify([id, ...offered, givenBack]);
  return hexOf(blake2b(new TextEncoder().encode(terms), { dkLen: 16 }));
}

/** The site whose limit a question counts in: that of the page in the tab, or the initiator where there is no page. */
export function askingSite({ site, challenge: { topOrigin, initiator } }: Question): string {
  return topOrigin ?? initiator ?? site;
}

/**
 * The groups by which the number of questions is limited. Questions of foreign frames form one group, however many
 * origins they have, so that they displace no question of the page around them.
 */
export function pathOf(question: Question): readonly string[] {
  const from = askingSite(question);
  const parties = partiesIn(question.challenge);
  return [from, parties.every((party) => party === from) ? 'own' : 'foreign', ...parties, question.site];
}

/**
 * Equal for two requests that share a question: everything that the user is shown is the same. A request that was given
 * back shares it with the same request that its page holds anew.
 */
export function keyOf({ site, challenge, offer, reason, isPayeeUnopened }: Question): string {
  const { tabId, frameId, documentId, kind, method, url } = challenge;
  const { network, mechanism, payTo } = offer;
  const part = challenge.givenBack ? undefined : challenge.userPart;
  const asker = [site, tabId, frameId, documentId, kind, part, method, url, ...partiesIn(challenge)];
  const terms = [network, mechanism, payTo, priceOf(offer).toString(), harderWorkOf(offer)];
  return JSON.stringify([reason, isPayeeUnopened, ...terms, asker]);
}
