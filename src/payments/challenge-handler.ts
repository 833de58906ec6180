import { Fault, faultOf } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { ChallengeHandlerPorts } from './challenge-handler-ports.ts';
import { Handling, LatestChallenges } from './handling.ts';
import type { NotPaidReason } from './not-paid-reason.ts';
import { ask } from './stages/ask.ts';
import { classify } from './stages/classify.ts';
import { decide, follow } from './stages/decide.ts';
import { deliver } from './stages/deliver.ts';
import { reconsider, renew } from './stages/renew.ts';
import { reserve } from './stages/reserve.ts';
import { declined, type Ended, type Stage } from './stages/stage.ts';
import { start } from './stages/start.ts';

/** A payment that the user agreed to and that is not over. */
export interface UnderwayPayment {
  /** The request that they were asked about. */
  readonly challenge: Challenge;
  readonly offer: Offer;
}

interface Running {
  readonly challenge: Challenge;
  readonly handling: Handling;
  readonly ended: Promise<void>;
}

/**
 * Takes a challenge to its end: classify, decide, ask, reserve, deliver. Whatever fails, the page gets its own 402 and
 * the user a line in the log that says why.
 */
export class ChallengeHandler {
  readonly #ports: ChallengeHandlerPorts;
  readonly #running = new Map<string, Running>();
  readonly #latest = new LatestChallenges();

  constructor(ports: ChallengeHandlerPorts) {
    this.#ports = ports;
  }

  /**
   * Handles one challenge until its end. A challenge that is announced twice is handled once. Never rejects: a failure
   * is logged, and the page released.
   */
  handle(challenge: Challenge): Promise<void> {
    const { id } = challenge;
    const running = this.#running.get(id);
    if (running !== undefined) return running.ended;
    this.#latest.add(challenge);
    const handling = new Handling(this.#latest);
    const ended = this.#run(handling, challenge).finally(() => this.#running.delete(id));
    this.#running.set(id, { challenge, handling, ended });
    return ended;
  }

  /**
   * Notes that the page took the request back, or was left: the user is not asked about it any more, and it is not paid
   * unless a block is signed already.
   */
  async withdraw(challenge: Challenge): Promise<void> {
    const { id } = challenge;
    this.#running.get(id)?.handling.withdraw();
    for (const { handling } of this.#running.values()) handling.unshare(id);
    this.#ports.approvals.withdraw(id);
    this.#ports.delivery.withdraw(challenge);
    if (this.#running.has(id)) return;
    await this.#forget(id);
    await this.#decline(challenge, 'refusal_WITHDRAWN');
  }

  /** The payments that the user agreed to and that are not over, oldest first. */
  underway(): readonly UnderwayPayment[] {
    return [...this.#running.values()].flatMap(({ challenge, handling: { agreed, signal } }) =>
      agreed === null || signal.aborted ? [] : [{ challenge, offer: agreed }],
    );
  }

  /**
   * Cancels a payment that the user agreed to: its page gets its own 402 at once, and nothing is signed or stays reserved.
   * Resolves once that is true in the next life of the worker, too.
   *
   * @param id of the challenge
   * @throws Fault `fault_tooLateToCancel` where its block is being signed or is signed, `fault_approvalGone` where it is over
   */
  async cancel(id: string): Promise<void> {
    const { agreements, delivery } = this.#ports;
    const running = this.#running.get(id);
    if (running === undefined || running.handling.agreed === null) {
      // A restarted worker may not have come to it yet.
      if (!(await agreements.end(id))) throw new Fault('fault_approvalGone');
      this.#running.get(id)?.handling.cancel();
      return;
    }
    if (!delivery.cancel(id)) throw new Fault('fault_tooLateToCancel');
    running.handling.cancel();
    this.#ports.release(running.challenge);
    await agreements.end(id);
  }

  async #run(handling: Handling, first: Challenge): Promise<void> {
    let stage: Stage = { kind: 'start', challenge: first };
    while (!hasEnded(stage)) {
      const { challenge } = stage;
      try {
        stage = await this.#next(handling, stage);
      } catch (failure) {
        await this.#declineSharers(handling);
        stage = afterFailure(challenge, failure);
      }
    }
    await this.#forget(first.id).catch(console.error);
    if (stage.kind === 'declined') await this.#decline(stage.challenge, stage.key, stage.args);
    await this.#declineSharers(handling);
  }

  /** Does what one stage asks for, and returns the next one. */
  #next(handling: Handling, stage: Exclude<Stage, Ended>): Stage | Promise<Stage> {
    const ports = this.#ports;
    switch (stage.kind) {
      case 'start':
        return start(ports, handling, stage);
      case 'classify':
        return classify(ports, stage);
      case 'decide':
        return decide(ports, stage);
      case 'decided':
        return follow(ports, handling, stage);
      case 'ask':
        return ask(ports, handling, stage);
      case 'reserve':
        return reserve(ports, handling, stage);
      case 'deliver':
        return deliver(ports, handling, stage);
      case 'renew':
        return renew(ports, handling, stage);
      case 'reconsider':
        return reconsider(ports, stage);
    }
  }

  /** Has no next life of the worker go on with a challenge. */
  async #forget(id: string): Promise<void> {
    const { agreements, askedQuestions } = this.#ports;
    await Promise.all([agreements.end(id), askedQuestions.end(id)]);
  }

  /** Releases the requests that shared an answer: another one of them got the payment, or none did. */
  async #declineSharers(handling: Handling): Promise<void> {
    for (const other of handling.takeSharers()) await this.#decline(other, 'refusal_SHARED');
  }

  async #decline(challenge: Challenge, key: NotPaidReason, args: readonly string[] = []): Promise<void> {
    this.#ports.release(challenge);
    this.#ports.recorder.left(challenge, key, args);
    await this.#ports.log(challenge, key, args).catch(console.error);
  }
}

const hasEnded = (stage: Stage): stage is Ended => stage.kind === 'done' || stage.kind === 'declined';

/** What follows a stage that failed. */
function afterFailure(challenge: Challenge, failure: unknown): Stage {
  const { key, args } = faultOf(failure);
  // Nothing was paid: the block was never signed, or is taken back.
  return key === 'fault_offerExpired'
    ? { kind: 'renew', challenge, otherwise: key, reason: 'reason_ranOut' }
    : declined(challenge, key, args);
}
