import type { Threshold, WorkNonce, WorkRoot } from './difficulty.ts';

/** How much of the machine a search may take: `background` leaves room for the user, `foreground` has one waiting. */
export type Urgency = 'background' | 'foreground';

/** What the user lets a search take of the machine. */
export interface Limits {
  /** The most threads of the processor at once; null leaves it to the urgency. */
  readonly workers: number | null;
  /** Unplugged, and with less than this share of the battery left (0 to 1), nothing is searched for ahead of need. */
  readonly batteryFloor: number;
}

export interface SearchOptions {
  readonly signal: AbortSignal;
  readonly urgency: Urgency;
  readonly limits?: Limits;
}

/** Something that can search for proof of work: processors, a graphics card, another machine. */
export interface WorkEngine {
  /** What settings and logs call it. */
  readonly name: string;

  /**
   * Searches until a nonce reaches the threshold. Whoever asks checks the answer: an engine is believed in nothing.
   * Rejects with the signal's reason when the signal aborts, with `Fault('fault_workUnavailable')` when the engine
   * cannot go on, with `Fault('fault_workRests')` when a search ahead of need has to wait for the battery.
   */
  solve(root: WorkRoot, threshold: Threshold, options: SearchOptions): Promise<WorkNonce>;
}
