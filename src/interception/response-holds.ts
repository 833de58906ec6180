import type { Proof } from './headers.ts';
import type { ObservedRequest } from './observed-request.ts';

/** The 402 responses that the browser itself keeps from their pages. */
export interface ResponseHolds {
  /**
   * Sets what is called for a request that its page has left or taken back.
   *
   * @param gone called with the id of its challenge
   */
  listen(gone: (challengeId: string) => void): void;
  /** Whether the browser holds this response, not a content script. */
  mayHold(observed: ObservedRequest): boolean;
  /**
   * Holds a response until `take` or `letGo`.
   *
   * @param url the whole URL of the request, with its fragment
   * @returns what the browser does with the response
   */
  hold(observed: ObservedRequest, url: string): Promise<chrome.webRequest.BlockingResponse>;
  /** Whether the response of a challenge is held, or its request waits for a proof. */
  has(challengeId: string): boolean;
  /**
   * Has the browser begin the request anew, and keeps it before its headers go out. Resolves with whether the page is there
   * and takes an answer. Its own 402 is gone from then on.
   */
  take(challengeId: string): Promise<boolean>;
  /** Sends the request with a proof; false where none waits for one. */
  send(challengeId: string, proof: Proof): boolean;
  /** Lets a request go without a proof: its page gets its 402, or a new one where the request has begun anew. */
  letGo(challengeId: string): void;
  /** Whether this request has begun anew and was let go: the new 402 is its page's. */
  isLetGo(requestId: string): boolean;
}
