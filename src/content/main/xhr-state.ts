import { REPLACEABLE } from '../../messages/bridge.ts';
import type { List } from './natives.ts';

export type Args = readonly unknown[];

/** The values of `readyState` that are used here. */
export const OPENED = 1;
export const DONE = 4;

/**
 * The states of an asynchronous request, from `open` on. Its page sees one request, from its start to its end.
 *
 *     opened → sent → held ⇄ repeated
 *        ↘      ↘       ↘      ↘
 *                settled
 *
 * - `opened`: the page may set headers, and has not sent it.
 * - `sent`: its first response is awaited. A response that may be priced is concealed while it arrives.
 * - `held`: a concealed response is complete, and the page waits. `drop` tells the bridge that the page took it back.
 * - `repeated`: it was opened and sent again, with the proof. A refusal in whose place there may be another answer is concealed
 *   and held like the first response.
 * - `settled`: there is nothing (more) to hold. Synchronous requests are in this state from the start.
 */
export type XhrState =
  | { readonly phase: 'opened' | 'sent' | 'repeated' | 'settled' }
  | { readonly phase: 'held'; readonly drop: () => void };

/** The states that carry no data. */
export const SENT: XhrState = { phase: 'sent' };
export const REPEATED: XhrState = { phase: 'repeated' };
export const SETTLED: XhrState = { phase: 'settled' };

/** An event that the page did not see, with the ready state of its time. */
export interface UnseenEvent {
  readonly event: Event;
  readonly readyState: number;
}

/** What a page did with an XMLHttpRequest since it opened it: enough to do it again. */
export interface XhrRequest {
  readonly opened: Args;
  /** What the address is relative to. */
  readonly base: string;
  headers: List<Args> | null;
  body: unknown;
  state: XhrState;
  /** The ready state that the page is shown in place of the true one. */
  shown: number;
  /** Whether the page is shown no response. */
  isConcealed: boolean;
  unseen: List<UnseenEvent> | null;
}

/** A request that was just opened with these arguments. A synchronous one is never held. */
export function requestOf(opened: Args, base: string): XhrRequest {
  return {
    opened,
    base,
    headers: null,
    body: null,
    // The third argument of `open` says whether the request is asynchronous.
    state: { phase: opened.length < 3 || opened[2] ? 'opened' : 'settled' },
    shown: OPENED,
    isConcealed: false,
    unseen: null,
  };
}

/** What the state of a request makes of an event. The responses are read only where they matter. */
export interface EventFacts {
  readonly type: string;
  readonly readyState: number;
  readonly isConcealed: boolean;
  /** Whether its response may ask for a payment. */
  readonly isPriced: () => boolean;
  readonly status: () => number;
}

/**
 * `pass`: the page sees the event. `conceal`: the page sees it once the request is not paid. `swallow`: the page never
 * sees it. `end`: as `pass`, and the request ended without a response. `reveal`: as `pass`, and the response is hidden no
 * longer.
 */
export type Reaction = 'pass' | 'conceal' | 'swallow' | 'end' | 'reveal';

/** The reaction to an event of a request in this phase. */
export function reactionTo(
  phase: XhrState['phase'],
  { type, readyState, isConcealed, isPriced, status }: EventFacts,
): Reaction {
  const isAgain = phase === 'repeated';
  if (!isAgain && phase !== 'sent') return 'pass';
  if (isAgain && (type === 'loadstart' || readyState === OPENED)) return 'swallow';
  if (type === 'loadstart') return 'pass';
  if (isAgain ? status() === REPLACEABLE : isPriced()) return 'conceal';
  // The response broke off, timed out, or was aborted. A request that the page opened again in one of its own
  // listeners ends while the next one is on its way: then the ready state is not `DONE`.
  if (!isAgain && type === 'loadend' && readyState === DONE && status() === 0) return 'end';
  return isConcealed ? 'reveal' : 'pass';
}
