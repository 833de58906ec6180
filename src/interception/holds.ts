import { type Deferred, deferred } from '../concurrency.ts';
import type { RetryUrl } from '../messages/bridge.ts';
import type { Challenge } from './challenge.ts';
import type { Hold as PageHold } from './open-challenges.ts';

/** How a hold ends: the request is sent again to this URL, or the page gets the response that it holds. */
export type HoldEnd = RetryUrl | 'release';

/**
 * How long a page waits for its user's answer (ms), from when its 402 arrived. Then it gets that 402, and the question
 * stays (docs/WIRE.md §7.23). A user who is there answers within a minute, unlocks the purse even; a page that waits for
 * one who is not looks broken.
 */
const LONGEST_UNANSWERED = 60_000;
/**
 * How long a page waits for its user's answer at least (ms), whatever time it has set for its request. Each request that it
 * gets back, and sends again, changes the question: a user could not answer one that changes with every moment.
 */
const LEAST_UNANSWERED = 5_000;

/**
 * Until when a page waits for its user's answer (ms since the epoch): for `LONGEST_UNANSWERED`, or for as long as the
 * page itself has set for its request, but for `LEAST_UNANSWERED` in any case.
 */
export function unansweredUntil({ seenAt }: Pick<Challenge, 'seenAt'>, { timesOutAt }: PageHold): number {
  const longest = seenAt + LONGEST_UNANSWERED;
  return Math.max(seenAt + LEAST_UNANSWERED, Math.min(longest, timesOutAt ?? longest));
}

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
