import { parseThreshold, type Threshold } from './difficulty.ts';
import { expectedHashes, thresholdTaking } from './engine-speed.ts';

/** The least duration of a proof (ms), so that the overhead of the call hardly counts. */
const LEAST_MS = 120;
const FIRST_HASHES = 2 ** 16;
/** The most hashes per proof: the average for a send on the main network. */
const MOST_HASHES = 2 ** 29;

interface SelfTest {
  /** How long the test takes (ms); it is aborted after twice that time. */
  readonly ms: number;
  now(): number;
  readonly signal: AbortSignal;
  search(threshold: Threshold, signal: AbortSignal): Promise<unknown>;
  /** Called with the reason why the engine failed. */
  report(problem: unknown): void;
}

/**
 * Searches repeatedly, for harder proofs until each takes long enough to be timed. Returns how many hashes the proofs
 * take on average, and how long they took (ms). For an engine that fails, the proofs before the failure count.
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
  const timeout = AbortSignal.timeout(2 * ms);
  const until = AbortSignal.any([signal, timeout]);
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
    if (!timeout.aborted) report(cause);
  }
  return { hashes, spent: now() - began };
}
