/** Decides which search runs next: a pure function of the requests that are open. */
import type { Threshold, WorkNonce, WorkRoot } from './difficulty.ts';
import type { Urgency } from './engine.ts';

/**
 * Why work is wanted, and so how long it can wait. A search for a `payment` comes first, then one for a `receive`, then
 * one `ahead` of a block, which runs in the background and not at all while precomputing is paused.
 */
export type Need = 'payment' | 'receive' | 'ahead';

/** A block that waits for its work. */
export interface Waiter {
  readonly need: Need;
  readonly threshold: Threshold;
  resolve(nonce: WorkNonce): void;
  reject(reason: unknown): void;
}

/** All open requests for one root. */
export interface Job {
  readonly root: WorkRoot;
  /** The threshold of the work to precompute; undefined where none was asked for. */
  ahead: Threshold | undefined;
  readonly waiting: Set<Waiter>;
  /** The number of calls that are in progress: each may still add a request. */
  asking: number;
  /** The nonce that was found last: a call that read the cache before the nonce was there needs no second search. */
  found: WorkNonce | undefined;
}

/** The goal of one search. */
export interface SearchGoal {
  readonly root: WorkRoot;
  readonly threshold: Threshold;
  readonly urgency: Urgency;
}

const URGENCY: Readonly<Record<Need, Urgency>> = {
  payment: 'foreground',
  receive: 'foreground',
  ahead: 'background',
};

/**
 * The search that should run: the easiest of the most urgent need, so that no hard one keeps many others waiting, and of
 * equally hard ones the one that came first. Where no block waits, the first request to precompute, unless that is paused.
 */
export function nextSearch(jobs: readonly Job[], isPaused: boolean): SearchGoal | undefined {
  const first = (need: Need): SearchGoal | undefined =>
    jobs
      .map(({ root, waiting }) => ({ root, threshold: thresholdOf(waiting, need), urgency: URGENCY[need] }))
      .filter((goal): goal is SearchGoal => goal.threshold !== undefined)
      .reduce<SearchGoal | undefined>(
        (easiest, goal) => (easiest === undefined || goal.threshold < easiest.threshold ? goal : easiest),
        undefined,
      );
  const wanted = first('payment') ?? first('receive') ?? first('ahead');
  if (wanted !== undefined || isPaused) return wanted;
  const job = jobs.find(({ ahead }) => ahead !== undefined);
  return job?.ahead && { root: job.root, threshold: job.ahead, urgency: 'background' };
}

/** Whether two goals have the same root, threshold and urgency, or both are undefined. */
export function isSameGoal(a: SearchGoal | undefined, b: SearchGoal | undefined): boolean {
  return a?.root === b?.root && a?.threshold === b?.threshold && a?.urgency === b?.urgency;
}

/** The higher of two thresholds. They are hex of one length and case, so that text compares as numbers do. */
export function higher(a: Threshold | undefined, b: Threshold): Threshold {
  return a !== undefined && a > b ? a : b;
}

/** The threshold that satisfies all blocks of one need; undefined where none waits. */
function thresholdOf(waiting: Iterable<Waiter>, wanted: Need): Threshold | undefined {
  let threshold: Threshold | undefined;
  for (const { need, threshold: own } of waiting) if (need === wanted) threshold = higher(threshold, own);
  return threshold;
}
