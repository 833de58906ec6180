import { type Deferred, deferred } from '../concurrency.ts';
import type { RetryUrl } from '../messages/bridge.ts';

/** How a hold ends: the request is sent again to this URL, or the page gets its original 402. */
export type HoldEnd = RetryUrl | 'release';

/** How long a restarted worker waits until the page of a hold asks again (ms). */
const RETURN_WITHIN = 3000;

interface Hold {
  /** Answers the page. Null until the page asks in this life of the worker. */
  answer: ((end: HoldEnd) => void) | null;
  readonly asked: Deferred<void>;
}

/** The requests that pages hold now, by challenge. */
export class Holds {
  readonly #holds = new Map<string, Hold>();

  has(challengeId: string): boolean {
    return this.#holds.get(challengeId)?.answer != null;
  }

  /** A page asks how its hold ends. Resolves when `end` is called. A page that asks again replaces its earlier request. */
  begin(challengeId: string): Promise<HoldEnd> {
    const hold = this.#hold(challengeId);
    return new Promise((resolve) => {
      hold.answer = resolve;
      hold.asked.resolve();
    });
  }

  /** Ends a hold. Resolves with whether its page was still there. */
  async end(challengeId: string, how: HoldEnd): Promise<boolean> {
    const hold = this.#hold(challengeId);
    const late = setTimeout(hold.asked.resolve, RETURN_WITHIN);
    await hold.asked.promise;
    clearTimeout(late);
    this.#holds.delete(challengeId);
    hold.answer?.(how);
    return hold.answer !== null;
  }

  #hold(challengeId: string): Hold {
    const known = this.#holds.get(challengeId);
    if (known !== undefined) return known;
    const hold: Hold = { answer: null, asked: deferred() };
    this.#holds.set(challengeId, hold);
    return hold;
  }
}
