import { SENT_AGAIN_WITHIN } from '../interception.ts';
import { BoundedMap } from './bounded-map.ts';

/** How long a request that its page can take back must have been held until it counts (ms). */
export const STANDS_AFTER = 250;
/** The same for a document that has just taken other requests back, as a box does that asks with every key (ms). */
export const STANDS_LATER = 750;
/** For how long a document counts as one that has just taken requests back (ms). */
const LATELY = 5_000;
/** How many documents and requests are remembered. */
const REMEMBERED = 600;

/** A request of a document. */
export interface ScriptCall {
  readonly documentId: string;
  readonly method: string;
  readonly url: string;
}

/**
 * How long the purse waits before it takes a script's request for meant: a page that asks with every key takes each
 * request back within a fraction of a second, and what is paid by then buys nothing.
 */
export class Patience {
  readonly #now: () => number;
  /** When each document last took back each of its requests, and which request that was. */
  readonly #lately = new BoundedMap<string, { readonly name: string; readonly at: number }>(REMEMBERED);
  /** Since when each request is held; it goes on when the request is sent again. */
  readonly #since = new BoundedMap<string, { readonly from: number; readonly seen: number }>(REMEMBERED);

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A page holds a request. Returns how long the request must go on to be held until it counts (ms). */
  held(call: ScriptCall): number {
    const now = this.#now();
    const name = nameOf(call);
    const before = this.#since.get(name);
    const from = before !== undefined && now - before.seen < SENT_AGAIN_WITHIN ? before.from : now;
    this.#since.set(name, { from, seen: now });
    const last = this.#lately.get(call.documentId);
    const isRestless = last !== undefined && now - last.at < LATELY && last.name !== name;
    return Math.max(0, from + (isRestless ? STANDS_LATER : STANDS_AFTER) - now);
  }

  /** A page took a request back. */
  tookBack(call: ScriptCall): void {
    const now = this.#now();
    const name = nameOf(call);
    this.#lately.set(call.documentId, { name, at: now });
    const before = this.#since.get(name);
    if (before !== undefined) this.#since.set(name, { ...before, seen: now });
  }
}

const nameOf = ({ documentId, method, url }: ScriptCall): string => JSON.stringify([documentId, method, url]);
