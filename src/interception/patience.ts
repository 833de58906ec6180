import { BoundedMap } from './bounded-map.ts';
import { SENT_AGAIN_WITHIN } from './interception.ts';

/** How long a page must hold a request that it can take back before the request is decided about (ms). */
export const STANDS_AFTER = 250;
/** The same for a document that has just taken other requests back, as a search box does with every key (ms). */
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
 * Tells how long the purse waits before it decides about a script's request. A page that sends a request with every key
 * aborts each of them within a fraction of a second: a payment made by then would deliver nothing.
 */
export class Patience {
  readonly #now: () => number;
  /** When each document last took back each of its requests, and which request that was. */
  readonly #lately = new BoundedMap<string, { readonly name: string; readonly at: number }>(REMEMBERED);
  /** Since when each request is held. A request that is sent again soon after its abort keeps its time. */
  readonly #since = new BoundedMap<string, { readonly from: number; readonly seen: number }>(REMEMBERED);

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that a page holds a request. Returns for how much longer it must hold it (ms). */
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

  /** Notes that a page took a request back. */
  tookBack(call: ScriptCall): void {
    const now = this.#now();
    const name = nameOf(call);
    this.#lately.set(call.documentId, { name, at: now });
    const before = this.#since.get(name);
    if (before !== undefined) this.#since.set(name, { ...before, seen: now });
  }
}

const nameOf = ({ documentId, method, url }: ScriptCall): string => JSON.stringify([documentId, method, url]);
