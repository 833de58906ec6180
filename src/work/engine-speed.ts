/**
 * The speed of this device's engines, estimated from their searches. A search has no memory, so its duration is
 * exponentially distributed, and an easy proof says as much of the speed as a hard one. The best estimate of a rate is
 * the number of proofs over the sum of the durations per hash, including searches that ended without a proof.
 */
import * as v from 'valibot';
import { type Threshold, toU64 } from './difficulty.ts';

const Sum = v.pipe(v.number(), v.finite(), v.minValue(0));

const EngineRecord = v.object({
  /** The number of proofs that it found; older ones count less. */
  proofs: Sum,
  /**
   * The search time of one unit of it, a processor core or a graphics card: the sum over searches of the duration
   * divided by the hashes that the proof takes on average (ms per hash).
   */
  spent: Sum,
  /** Whether its last search did not fail. */
  works: v.boolean(),
  /** Whether it was timed by a test, and not only by searches for blocks. */
  tested: v.optional(v.boolean(), false),
});
type EngineRecord = v.InferOutput<typeof EngineRecord>;

/** Schema of the speed of this device's engines, by the name of the engine. */
export const EngineSpeedSchema = v.object({
  /** The engine that is asked first; null before the first race. */
  leader: v.nullable(v.string()),
  /** Searches since the last race. */
  searches: v.pipe(v.number(), v.minValue(0)),
  engines: v.record(v.string(), EngineRecord),
});
export type EngineSpeed = v.InferOutput<typeof EngineSpeedSchema>;

/** The speed of a device whose engines never searched. */
export const UNKNOWN_SPEED: EngineSpeed = { leader: null, searches: 0, engines: {} };

const UNKNOWN_ENGINE: EngineRecord = { proofs: 0, spent: 0, works: true, tested: false };

/** The engines race again after this many searches: drivers change, and laptops get hot. */
const RACE_EVERY = 24;
/** Older proofs count less once there are this many, which is enough to be within a fifth of the true rate. */
const MEMORY = 32;
/** A search of fewer hashes mostly times the call: a graphics card takes milliseconds for a receive. */
const LEAST_HASHES = 2 ** 26;
/** The least number of proofs for a rate of an engine that was not tested: single durations are random. */
const ENOUGH = 4;
/** The weight of a test, in proofs. */
const TEST = 16;

/** The duration and outcome of one engine's search. `ms` is the sum over its units. */
export interface SearchTiming {
  readonly engine: string;
  readonly ms: number;
  readonly threshold: Threshold;
  /** `ended` for a search that was aborted, `failed` when the engine could not go on. */
  readonly outcome: 'found' | 'ended' | 'failed';
}

/** How many hashes a proof takes on average: 2^64 / (2^64 − threshold). */
export const expectedHashes = (threshold: Threshold): number =>
  2 ** 64 / Number(2n ** 64n - toU64(threshold));

/** How long a search takes (ms). */
export interface SearchTime {
  readonly mean: number;
  /** In 95 of 100 cases it takes no longer. Durations are exponentially distributed, so that is about three times the mean. */
  readonly bound: number;
}

/** The share of searches that end within the bound of `SearchTime`. */
const MOST_SEARCHES = 0.95;

/** How long a search takes at a rate in hashes per second. */
export function searchTime(threshold: Threshold, rate: number): SearchTime {
  const mean = (expectedHashes(threshold) / rate) * 1000;
  return { mean, bound: -Math.log(1 - MOST_SEARCHES) * mean };
}

/** The threshold that takes about this many hashes, at least one. */
export const thresholdTaking = (hashes: number): bigint => 2n ** 64n - 2n ** 64n / BigInt(Math.round(hashes));

/** Returns the speed updated with the timing of one search. */
export function withTiming(
  speed: EngineSpeed,
  { engine, ms, threshold, outcome }: SearchTiming,
): EngineSpeed {
  const before = speed.engines[engine] ?? UNKNOWN_ENGINE;
  const works = outcome === 'ended' ? before.works : outcome === 'found';
  const hashes = expectedHashes(threshold);
  if (outcome === 'failed' || hashes < LEAST_HASHES) return withEngine(speed, engine, { ...before, works });
  const fade = Math.min(1, MEMORY / (before.proofs + 1));
  return withEngine(speed, engine, {
    ...before,
    proofs: before.proofs * fade + (outcome === 'found' ? 1 : 0),
    spent: before.spent * fade + ms / hashes,
    works,
  });
}

/** Returns the speed with one more search counted, which was no race. */
export const withSearch = (speed: EngineSpeed): EngineSpeed => ({ ...speed, searches: speed.searches + 1 });

/** Returns the speed after a race or a test, with the engine that is asked first from now on. */
export const withPreferred = (speed: EngineSpeed, preferred: string): EngineSpeed => ({
  ...speed,
  leader: preferred,
  searches: 0,
});

/** Returns the speed with an engine's record replaced by the result of its test, in hashes and ms. */
export const withTest = (speed: EngineSpeed, engine: string, hashes: number, ms: number): EngineSpeed =>
  withEngine(
    speed,
    engine,
    hashes > 0
      ? { proofs: TEST, spent: (TEST * ms) / hashes, works: true, tested: true }
      : { ...UNKNOWN_ENGINE, works: false, tested: true },
  );

/**
 * Whether the engines should race: until the preferred one was tested, and again after {@link RACE_EVERY} searches. A
 * single race may be won by luck, and a graphics card is slow in its first search.
 */
export const wantsRace = (speed: EngineSpeed): boolean => !isTested(speed) || speed.searches >= RACE_EVERY;

/** Hashes per second of one unit of an engine; null while too little is known. */
export function rateOf(speed: EngineSpeed, engine: string): number | null {
  const { proofs, spent, tested } = speed.engines[engine] ?? UNKNOWN_ENGINE;
  const isKnown = tested ? proofs > 0 : proofs >= ENOUGH;
  return isKnown && spent > 0 ? (proofs / spent) * 1000 : null;
}

/** Whether the engine that is asked first was timed by a test. */
export const isTested = ({ leader, engines }: EngineSpeed): boolean => engines[leader ?? '']?.tested === true;

const withEngine = (speed: EngineSpeed, name: string, record: EngineRecord): EngineSpeed => ({
  ...speed,
  engines: { ...speed.engines, [name]: record },
});
