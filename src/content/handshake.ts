/**
 * The event by which the hold (MAIN world) hands its port to the bridge (isolated world). It fires once, before any
 * script of the page can run, and the bridge takes the first port only.
 */
export const HANDSHAKE = 'nano-purse';

/** From the hold: a 402 that it holds, or one it no longer holds because the page gave up. */
export type HoldMessage =
  | { readonly id: number; readonly url: string; readonly method: string }
  | { readonly id: number; readonly url: null };

/** To the hold: whether the request goes again. All that the page's world ever learns. */
export interface HoldAnswer {
  readonly id: number;
  readonly go: boolean;
}
