import { KeyedSerialQueue } from '../../concurrency.ts';
import { type Challenge, type DeliveryOutcome, isHeld } from '../challenge.ts';
import type { Proof } from '../headers.ts';
import type { Holds } from '../holds.ts';
import type { ChallengeLifecycle } from '../lifecycle.ts';
import { type AwaitedResponse, isDocument, type ProofResponses } from '../network/response.ts';
import type { ObservedRequest } from '../observed-request.ts';
import type { OpenChallenge, OpenChallenges } from '../open-challenges.ts';
import { type Disarm, type ProofCarrier, targetOf } from '../proof-target.ts';
import type { ResponseHolds } from '../response-holds.ts';
import type { Presence } from './presence.ts';
import { replaceable } from './refusal.ts';
import type { Reloads } from './reloads.ts';
import { isWaiting, retryInPage } from './retry.ts';
import { RULE_LIFE } from './rule-windows.ts';
import type { ScriptHolds } from './script-holds.ts';

/**
 * How long the request of a delivery may take to go out (ms): a script's, that of a document or an element, when the
 * browser asks the user whether to send a form again, when the user loads the page again.
 */
const CARRY_WITHIN = { hold: 10_000, element: 5_000, confirm: 60_000, load: 300_000 };

export interface DeliveryPorts {
  readonly open: OpenChallenges;
  readonly holds: Holds;
  readonly lifecycle: ChallengeLifecycle;
  readonly presence: Presence;
  readonly responses: ProofResponses;
  readonly reloads: Reloads;
  readonly scriptHolds: Pick<ScriptHolds, 'holdRefusal'>;
  readonly carrier: ProofCarrier;
  readonly responseHolds?: ResponseHolds;
}

/** Makes the requests of challenges go again, each with its proof. */
export class Deliveries {
  readonly #ports: DeliveryPorts;
  /** Identical requests go one at a time: no rule tells them apart. */
  readonly #queue = new KeyedSerialQueue<string>();

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  deliver(challenge: Challenge, proof: Proof): Promise<DeliveryOutcome> {
    const { responseHolds } = this.#ports;
    if (responseHolds?.has(challenge.id)) return this.#sendHeld(responseHolds, challenge, proof);
    const { tabId, kind, method, url } = challenge;
    const key = JSON.stringify([tabId, kind, method, url]);
    return this.#queue.run(key, () => this.#deliver(challenge, proof));
  }

  async #deliver(challenge: Challenge, proof: Proof): Promise<DeliveryOutcome> {
    const { open, presence, responses: answers, reloads, carrier } = this.#ports;
    const known = await open.get(challenge.id);
    if (known === undefined || !(await presence.waits(known))) {
      await open.end(challenge.id);
      return { kind: 'unanswered', reason: 'gone' };
    }
    const { observed } = known;
    const nonce = crypto.randomUUID();
    const target = targetOf(challenge, nonce);
    const answer = answers.await(observed, target, proof, carryWithin(challenge));
    const armed = { ...target, url: observed.urlWithUser ?? target.url };
    const arm = () => carrier.arm(armed, proof);
    if (challenge.userPart === 'load') return reloads.deliver(challenge, answer, arm);
    const disarm = await arm();
    try {
      return await this.#retry(known, challenge, answer, disarm, nonce);
    } finally {
      await disarm();
    }
  }

  /** Sends a request that waits in the browser for its proof. */
  async #sendHeld(by: ResponseHolds, challenge: Challenge, proof: Proof): Promise<DeliveryOutcome> {
    const { open, responses } = this.#ports;
    const known = await open.get(challenge.id);
    // A worker that was stopped may have taken no request: then it begins now.
    const isThere = known !== undefined && (await by.take(challenge.id));
    await open.end(challenge.id);
    if (!isThere) return { kind: 'unanswered', reason: 'gone' };
    const { observed } = known;
    const { requestId } = challenge;
    const answer = responses.await(observed, targetOf(challenge, ''), proof, CARRY_WITHIN.element, requestId);
    if (!by.send(challenge.id, proof)) answer.giveUp('gone');
    return answer.delivery;
  }

  /** Makes the armed request go again, and waits for its answer. */
  async #retry(
    known: OpenChallenge,
    challenge: Challenge,
    answer: AwaitedResponse,
    disarm: Disarm,
    nonce: string,
  ): Promise<DeliveryOutcome> {
    const { open, lifecycle, scriptHolds, carrier } = this.#ports;
    const { observed } = known;
    let isCarried = false;
    // While the browser asks its user whether to send a form again, the rule lives as long as its tab shows that page.
    const look = async () => {
      if (!isCarried && !(await isWaiting(known)) && !isCarried) answer.giveUp('gone');
    };
    const looks = challenge.userPart === 'confirm' ? setInterval(look, RULE_LIFE) : undefined;
    try {
      void answer.carried.then(() => {
        isCarried = true;
        return disarm();
      });
      await open.end(challenge.id);
      // A document that its user loaded again meanwhile took the proof along: one load more would lose what it gets.
      const isServed = isCarried && isDocument(challenge);
      const isRetried = isHeld(challenge)
        ? await this.#retryHeld(challenge, observed, nonce)
        : isServed || (await retryInPage(observed));
      if (!isRetried) answer.giveUp('gone');
      const delivery = await answer.delivery;
      if (delivery.kind === 'answered') return replaceable(observed, delivery, { scriptHolds, carrier });
      if (isHeld(challenge) && delivery.reason === 'gone') lifecycle.reportWithdrawn(observed);
      return delivery;
    } finally {
      clearInterval(looks);
    }
  }

  /** Resolves with false when the page of a held request is gone. */
  #retryHeld({ id, url }: Challenge, { route }: ObservedRequest, nonce: string): Promise<boolean> {
    return this.#ports.holds.end(id, route === 'final' ? `${url}#${nonce}` : `#${nonce}`);
  }
}

function carryWithin(challenge: Challenge): number {
  return CARRY_WITHIN[challenge.userPart ?? (isHeld(challenge) ? 'hold' : 'element')];
}
