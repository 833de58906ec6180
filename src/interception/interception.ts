import type { Challenge, DeliveryOutcome, Unpriced } from './challenge.ts';
import type { Proof } from './headers.ts';

/** How soon after its abort (ms) a request must be sent again to count as the same one. */
export const SENT_AGAIN_WITHIN = 2_000;

/** What happens to the 402 responses that the network layer saw. */
export interface InterceptionEvents {
  /**
   * A 402 whose request can be sent again. The page waits until `deliver` or `release`. Called once for each 402, and
   * again with the same challenge in the next life of a worker that was killed before the page had its response.
   */
  readonly onChallenge: (challenge: Challenge) => void;
  /**
   * A 402 that cannot be paid: its request cannot be sent again (it comes from a worker without a page, or no rule can
   * name its method), or a payment would deliver nothing (the page may not read the response, or it is a later part of a
   * media file). The page has its 402 already.
   */
  readonly onUnheld: (challenge: Challenge) => void;
  /** A 402 that its page gets at once, because too many wait already: of its tab, of its site, or in all. */
  readonly onOverLimit: (challenge: Challenge) => void;
  /** A 402 whose page says that it handles it. The page gets it at once. */
  readonly onManual: (challenge: Challenge) => void;
  /** A 402 without a price. The page has it already. */
  readonly onUnpriced: (response: Unpriced) => void;
  /** The page aborted the request or was left. `onChallenge` may or may not have been called for it. */
  readonly onWithdrawn: (challenge: Challenge) => void;
}

/**
 * Observes 402 responses and makes the browser send their requests again: one interface over Chromium (observe, one-shot
 * header rule, retry) and Firefox (blocking hold). Only the background builds and uses it.
 */
export interface Interception {
  /** Starts to watch. Must be called synchronously at the start of the worker, so that a 402 can wake it. */
  watch(events: InterceptionEvents): void;
  /** Whether the page still waits for this challenge. To be checked before money moves. */
  waits(challenge: Pick<Challenge, 'id'>): Promise<boolean>;
  /**
   * Whether the page still waits, and will take an answer. To be asked last before money moves: where the browser itself holds
   * the request it begins anew by this, and the page's own 402 is gone.
   */
  take(challenge: Pick<Challenge, 'id'>): Promise<boolean>;
  /** Until when the page holds the request without an answer of its user (ms since the epoch); null where it holds none. */
  heldUntil(challenge: Pick<Challenge, 'id'>): Promise<number | null>;
  /**
   * Gives the page its original 402, and keeps the challenge open: its page counts as waiting as long as it is there.
   *
   * @param challenge as `givenBack` makes it.
   */
  giveBack(challenge: Challenge): Promise<void>;
  /**
   * Sends the challenge's own request again, once, with the proof in its headers, to its own URL, method and tab only
   * (invariant 5). Requests of the same tab, URL, method and kind wait for each other. Whatever a page or a server does is a
   * `DeliveryOutcome`, never an error.
   */
  deliver(challenge: Challenge, proof: Proof): Promise<DeliveryOutcome>;
  /**
   * The challenges whose proof is ready and waits for their user to have the page send its request again (see
   * `UserPart`). A page that the payment has reloaded already is none of them.
   */
  awaitingReload(): readonly Challenge[];
  /** Prepares the reload of the page of such a challenge: for the next seconds its request carries the proof. */
  expectReload(challenge: Pick<Challenge, 'id'>): Promise<void>;
  /** Ends the wait for a load of the page, unless its request is on its way: the page waits by another request now. */
  endReload(challenge: Pick<Challenge, 'id'>): void;
  /**
   * Requests a fresh offer and returns the challenge with it; null when the server gives none or the page no longer
   * waits. Only for a GET, which changes nothing on the server.
   */
  freshOffer(challenge: Challenge): Promise<Challenge | null>;
  /** Gives the page its original 402. Does nothing when the page no longer waits. */
  release(challenge: Challenge): void;
}
