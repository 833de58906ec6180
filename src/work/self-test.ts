import { parseThreshold, type Threshold } from './difficulty.ts';
import { expectedHashes, thresholdTaking } from './engine-speed.ts';

/** A proof should take at least about this long (ms), so that the search is timed and not the asking. */
const LAP = 120;
const FIRST_HASHES = 2 ** 16;
/** No test asks for more than what a block of the main network takes. */
const MOST_HASHES = 2 ** 29;

export interface SelfTest {
  /** How long to go on (ms); one proof that takes twice as long is given up. */
  readonly ms: number;
  now(): number;
  readonly signal: AbortSignal;
  search(threshold: Threshold, signal: AbortSignal): Promise<unknown>;
  /** Hears why the engine could not go on. */
  report(problem: unknown): void;
}

/**
 * Searches over and over, for proofs that grow harder until each takes a while. Gives what the proofs are worth, in
 * hashes, and how long they all took (ms); an engine that fails has what it showed until then.
 *
 * @throws the signal's reason
 */
export async function timeSearches({
  ms,
  now,
  signal,
  search,
  report,
}: SelfTest): Promise<{ readonly hashes: number; readonly spent: number }> {
  const patience = AbortSignal.timeout(2 * ms);
  const until = AbortSignal.any([signal, patience]);
  const began = now();
  let hashes = 0;
  let each = FIRST_HASHES;
  try {
    while (now() - began < ms) {
      const threshold = parseThreshold(thresholdTaking(each).toString(16).padStart(16, '0'));
      const asked = now();
      await search(threshold, until);
      hashes += expectedHashes(threshold);
      if (now() - asked < LAP) each = Math.min(MOST_HASHES, each * 2);
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (!patience.aborted) report(cause);
  }
  return { hashes, spent: now() - began };
}
