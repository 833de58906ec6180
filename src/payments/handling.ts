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
  readonly #withdrawal = new AbortController();
  #isRenewed = false;
  /** The requests that share an answer which is being paid, answer by answer. */
  readonly #sharers: Challenge[][] = [];

  constructor(latest: LatestChallenges) {
    this.#latest = latest;
  }

  /** Whether the page took the request back. */
  get isWithdrawn(): boolean {
    return this.#withdrawal.signal.aborted;
  }

  /** Aborted when the page takes the request back. */
  get signal(): AbortSignal {
    return this.#withdrawal.signal;
  }

  withdraw(): void {
    this.#withdrawal.abort(new Fault('fault_withdrawn'));
  }

  /** Whether the page took the request back, or was loaded again. */
  isOver(challenge: Challenge): boolean {
    return this.isWithdrawn || this.#latest.isReplaced(challenge);
  }

  /** Why a challenge that no page waits for any more is not paid. */
  get endReason(): NotPaidReason {
    return this.isWithdrawn ? 'refusal_WITHDRAWN' : 'refusal_LAPSED';
  }

  /** Whether the challenge gets a payment that is under way already; one that its page took back gets none. */
  reassign(delivery: Delivery, challenge: Challenge, offer?: Offer): boolean {
    return !this.isWithdrawn && delivery.reassign(challenge, offer);
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
