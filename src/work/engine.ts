import type { Threshold, WorkNonce, WorkRoot } from './difficulty.ts';

/** How much of the machine a search may take: `background` leaves room for the user, `foreground` has one waiting. */
export type Urgency = 'background' | 'foreground';

/** Something that can search for proof of work: processors, a graphics card, another machine. */
export interface WorkEngine {
  /** What settings and logs call it. */
  readonly name: string;

  /**
   * Searches until a nonce reaches the threshold. Whoever asks checks the answer: an engine is believed in nothing.
   * Rejects with the signal's reason when the signal aborts, with `Fault('fault_workUnavailable')` when the engine
   * cannot go on.
   */
  solve(
    root: WorkRoot,
    threshold: Threshold,
    options: { readonly signal: AbortSignal; readonly urgency: Urgency },
  ): Promise<WorkNonce>;
}
