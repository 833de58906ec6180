import { BoundedMap } from '../bounded-map.ts';
import type { ObservedRequest } from '../observed-request.ts';
import type { OpenChallenge } from '../open-challenges.ts';
import { becomesRetryable, isWaiting } from './retry.ts';

/** Challenges whose page is remembered to be on its way. */
const REMEMBERED = 600;

/** Tells whether the tab, frame, element, page or hold that asked still waits, even while its page is being opened. */
export class Presence {
  /** Whether what asked became retryable, by challenge. */
  readonly #retryable = new BoundedMap<string, Promise<boolean>>(REMEMBERED);

  /** Resolves with whether the request can be made again, once its page is there. */
  expect(observed: ObservedRequest): Promise<boolean> {
    const retryable = becomesRetryable(observed);
    this.#retryable.set(observed.challenge.id, retryable);
    return retryable;
  }

  forget(challengeId: string): void {
    this.#retryable.delete(challengeId);
  }

  async waits(one: OpenChallenge): Promise<boolean> {
    return (await (this.#retryable.get(one.observed.challenge.id) ?? true)) && isWaiting(one);
  }
}
