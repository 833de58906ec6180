import type { Threshold, WorkNonce, WorkRoot } from './difficulty.ts';

/** How much of the machine a search may use: in the `foreground` a user waits, in the `background` no user waits. */
export type Urgency = 'background' | 'foreground';

/** The user's limits for a search. */
export interface Limits {
  /** The most processor threads at once; null for the default of the urgency. */
  readonly workers: number | null;
  /** On battery, with less than this share left (0 to 1), nothing is precomputed. */
  readonly batteryFloor: number;
}

export interface SearchOptions {
  readonly signal: AbortSignal;
  readonly urgency: Urgency;
  readonly limits?: Limits;
}

/** Searches for proof of work on a processor, a graphics card or a work server. */
export interface WorkEngine {
  /** Its name in settings and logs. */
  readonly name: string;

  /**
   * Searches until a nonce reaches the threshold. The caller checks the nonce: engines are not trusted.
   *
   * @throws the signal's reason when the signal aborts; Fault `fault_workUnavailable` when the engine cannot search,
   * `fault_workRests` when precomputing has to wait for the battery
   */
  solve(root: WorkRoot, threshold: Threshold, options: SearchOptions): Promise<WorkNonce>;
}
