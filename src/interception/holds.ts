import { type Deferred, deferred } from '../concurrency.ts';
import type { RetryUrl } from '../messages/bridge.ts';

/** What a held request does next: go again to this URL, or give the page its original 402. */
export type HoldEnd = RetryUrl | 'release';

/** How long after its start a worker waits for a page to ask again for what its last life promised (ms). */
const RETURN_WITHIN = 3000;

interface Hold {
  /** How to answer the page; null while it has not asked in this life of the worker. */
  answer: ((end: HoldEnd) => void) | null;
  readonly asked: Deferred<void>;
}

/** The requests that pages hold now, by challenge. */
export class Holds {
  readonly #holds = new Map<string, Hold>();

  has(challengeId: string): boolean {
    return this.#holds.get(challengeId)?.answer != null;
  }

  /** A page asks what to do; resolved when `end` says. A page that asks again replaces its earlier question. */
  begin(challengeId: string): Promise<HoldEnd> {
    const hold = this.#hold(challengeId);
    return new Promise((resolve) => {
      hold.answer = resolve;
      hold.asked.resolve();
    });
  }

  /** Ends a hold; resolved with whether a page was there to be told. */
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
