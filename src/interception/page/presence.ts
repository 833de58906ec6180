import { BoundedMap } from '../bounded-map.ts';
import type { ObservedRequest } from '../observed-request.ts';
import type { OpenChallenge } from '../open-challenges.ts';
import { becomesRetryable, isWaiting } from './retry.ts';

/** How many challenges are remembered whose page is still being opened. */
const REMEMBERED = 600;

/** Says whether the tab, frame, element, page or hold that sent the request still waits, also while its page loads. */
export class Presence {
  /** Whether the request became retryable, by challenge. */
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
