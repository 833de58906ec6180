import type { RetryUrl } from '../messages/bridge.ts';

/**
 * The event by which the bridge (isolated world) hands a port to the hold (MAIN world). It fires once, before any script
 * of the page can run. The bridge never listens for it: where the hold does not run, as in a frame whose sandbox allows
 * no scripts, another page that dispatches the event reaches nothing.
 */
export const HANDSHAKE = 'nano-purse';

/** A 402 that a page holds. */
export interface HeldMessage {
  readonly id: number;
  readonly url: string;
  readonly method: string;
  /** The page has no way to take the request back. */
  readonly steady: boolean;
  /** The time that the page has set for its request (ms); 0 where it has set none. */
  readonly timeout: number;
}

/**
 * From the hold: a 402 that it holds, one it no longer holds because the page took it back, or a request that the page
 * took back before its answer could be held.
 */
export type HoldMessage =
  | HeldMessage
  | { readonly id: number; readonly url: null }
  | { readonly id: null; readonly url: string; readonly method: string };

/** To the hold: the URL for the retry, or false for no retry. The page's world learns nothing more. */
export interface HoldAnswer {
  readonly id: number;
  readonly go: RetryUrl | false;
}
