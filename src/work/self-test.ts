import { parseThreshold, type Threshold } from './difficulty.ts';
import { expectedHashes, thresholdTaking } from './engine-speed.ts';

/** A proof should take at least about this long (ms), so that mostly the search is timed, and not the call. */
const LEAST_MS = 120;
const FIRST_HASHES = 2 ** 16;
/** The most hashes per proof: what a send on the main network takes on average. */
const MOST_HASHES = 2 ** 29;

interface SelfTest {
  /** How long the test takes (ms); it is aborted after twice that time. */
  readonly ms: number;
  now(): number;
  readonly signal: AbortSignal;
  search(threshold: Threshold, signal: AbortSignal): Promise<unknown>;
  /** Is told why the engine failed. */
  report(problem: unknown): void;
}

/**
 * Searches repeatedly, for harder proofs until each takes long enough to be timed. Returns how many hashes the proofs take
 * on average, and how long they took (ms). For an engine that fails, the proofs before the failure count.
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
      if (now() - asked < LEAST_MS) each = Math.min(MOST_HASHES, each * 2);
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (!patience.aborted) report(cause);
  }
  return { hashes, spent: now() - began };
}
