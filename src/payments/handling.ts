import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { Delivery } from './delivery.ts';
import type { NotPaidReason } from './not-paid-reason.ts';
import { replaces } from './same-request.ts';

/** How many requests have their latest challenge remembered. */
const MOST_REQUESTS = 1_000;

/** Remembers the latest challenge of each request of a frame. */
export class LatestChallenges {
  readonly #latest = new Map<string, Challenge>();

  add(challenge: Challenge): void {
    const request = requestOf(challenge);
    const last = this.#latest.get(request);
    if (last !== undefined && last.seenAt > challenge.seenAt) return;
    this.#latest.delete(request);
    this.#latest.set(request, challenge);
    const [oldest] = this.#latest.keys();
    if (this.#latest.size > MOST_REQUESTS && oldest !== undefined) this.#latest.delete(oldest);
  }

  /** Whether the page of a challenge was loaded again since: the newer challenge is asked about, or paid. */
  isReplaced(challenge: Challenge): boolean {
    const last = this.#latest.get(requestOf(challenge));
    return last !== undefined && replaces(last, challenge);
  }
}

const requestOf = ({ tabId, frameId, method, url }: Challenge): string =>
  `${tabId} ${frameId} ${method} ${url}`;

/** The state of one challenge while it is handled, shared by all its stages. */
export class Handling {
  readonly #latest: LatestChallenges;
  readonly #end = new AbortController();
  #isCancelled = false;
  #agreed: Offer | null = null;
  #isRenewed = false;
  /** The requests that share an answer which is being paid, answer by answer. */
  readonly #sharers: Challenge[][] = [];

  constructor(latest: LatestChallenges) {
    this.#latest = latest;
  }

  /** Whether the page took the request back, before the user cancelled its payment. */
  get isWithdrawn(): boolean {
    return this.signal.aborted && !this.#isCancelled;
  }

  /** Whether the user cancelled the payment, before the page took its request back. */
  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Aborted when the page takes the request back, and when the user cancels its payment. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  withdraw(): void {
    this.#end.abort(new Fault('fault_withdrawn'));
  }

  cancel(): void {
    if (this.signal.aborted) return;
    this.#isCancelled = true;
    this.#end.abort(new Fault('fault_cancelled'));
  }

  /** The offer that the user agreed to pay, until the end or until they are asked again; else null. */
  get agreed(): Offer | null {
    return this.#agreed;
  }

  agree(offer: Offer | null): void {
    this.#agreed = offer;
  }

  /** Whether the page took the request back or was loaded again, or the user cancelled the payment. */
  isOver(challenge: Challenge): boolean {
    return this.signal.aborted || this.#latest.isReplaced(challenge);
  }

  /** Why a challenge is not paid that no page waits for any more, or whose payment the user cancelled. */
  get endReason(): NotPaidReason {
    if (this.#isCancelled) return 'fault_cancelled';
    return this.isWithdrawn ? 'refusal_WITHDRAWN' : 'refusal_LAPSED';
  }

  /** Whether the challenge gets a payment that is under way already; one that is over by itself gets none. */
  reassign(delivery: Delivery, challenge: Challenge, offer?: Offer): boolean {
    return !this.signal.aborted && delivery.reassign(challenge, offer);
  }

  /** Whether a fresh offer may still be asked for: true once. */
  takeRenewal(): boolean {
    const isFirst = !this.#isRenewed;
    this.#isRenewed = true;
    return isFirst;
  }

  /**
   * Notes the requests that share the user's answer, until `takeSharers`. The list is shared with the delivery, which
   * removes the request that it passes the payment to.
   */
  share(others: Challenge[]): void {
    this.#sharers.push(others);
  }

  /** Removes a request that its page took back from those that share an answer. */
  unshare(id: string): void {
    for (const others of this.#sharers) {
      const place = others.findIndex((other) => other.id === id);
      if (place !== -1) others.splice(place, 1);
    }
  }

  /** The requests that shared an answer and got no payment. From now on there are none. */
  takeSharers(): readonly Challenge[] {
    return this.#sharers.splice(0).flat();
  }
}
