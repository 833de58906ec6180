import type { Challenge, DeliveryOutcome, Unpriced } from './challenge.ts';

/** Within how long of being taken back (ms) a request that is sent again counts as the same one. */
export const SENT_AGAIN_WITHIN = 2_000;

/**
 * Seeing a 402 and making the browser send the request again: one interface over Chromium (observe, one-shot header
 * rule, retrigger) and Firefox (blocking hold). Only the background builds it and may use it.
 */
export interface Interception {
  /**
   * Starts to watch. Must be called synchronously while the worker starts, so that a 402 may wake it.
   *
   * @param onChallenge called once per 402 whose request can be sent again; the page waits until `deliver` or `release`.
   * When the worker was killed before that end, its next life calls it again with the same challenge.
   * @param onUnheld called for a 402 whose request cannot be sent again (of a worker without a page, of a method that no
   * rule can name), or in vain (the page may not read the answer, another part of a media file): the page has its 402
   * already, the purse can only say so.
   * @param onCrowded called for a 402 that is left to its page, since too many wait already, of its tab, its site or in
   * all.
   * @param onUnpriced called for a 402 that names no price, which the page has already as well.
   * @param onWithdrawn called when a page takes a request back, or is left, whether `onChallenge` was called for it before
   * or not: the page no longer waits for it.
   */
  watch(
    onChallenge: (challenge: Challenge) => void,
    onUnheld: (challenge: Challenge) => void,
    onCrowded: (challenge: Challenge) => void,
    onUnpriced: (response: Unpriced) => void,
    onWithdrawn: (challenge: Challenge) => void,
  ): void;
  /** Whether the page still waits for this challenge: worth asking before money moves. */
  waits(challenge: Pick<Challenge, 'id'>): Promise<boolean>;
  /**
   * Lets the challenge's own request go again, once, with `proof` as PAYMENT-SIGNATURE, to its own URL, method and
   * tab only (invariant 5). One at a time per (tab, URL, method, kind): identical requests queue. Never throws for what a
   * page or a server does: that is a `Delivery`.
   */
  deliver(challenge: Challenge, proof: string): Promise<DeliveryOutcome>;
  /** The challenges whose proof is on its way and waits for the user to load the page again (see `UserPart`). */
  toLoad(): readonly Challenge[];
  /** Makes ready for the page of such a challenge to be loaded again: for the next seconds its request carries the proof. */
  expectLoad(challenge: Pick<Challenge, 'id'>): Promise<void>;
  /**
   * The challenge with a fresh offer in the place of its own, and the page still waiting for it; null when the server
   * gives none. Only of a GET, which asks for nothing but the price.
   */
  afresh(challenge: Challenge): Promise<Challenge | null>;
  /** Gives the page its original 402. Without effect when the page no longer waits. */
  release(challenge: Challenge): void;
}
