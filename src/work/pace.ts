/**
 * How fast each engine of this device has shown itself. A search remembers nothing, so the time it takes is
 * exponentially distributed and the best estimate of a rate is all the proofs' worth in hashes over all the time spent,
 * searches that ended without a proof included.
 */
import * as v from 'valibot';
import { type Threshold, toU64 } from './difficulty.ts';

const EngineRecord = v.object({
  /** What the proofs it found are worth, in hashes. */
  hashes: v.pipe(v.number(), v.finite(), v.minValue(0)),
  /** How long one unit of it has searched (ms): a core of the processor, a whole graphics card. */
  ms: v.pipe(v.number(), v.finite(), v.minValue(0)),
  /** Whether it could do its last search at all. */
  works: v.boolean(),
  /** Whether it was ever timed on purpose, rather than by the way. */
  tested: v.optional(v.boolean(), false),
});

export const PaceSchema = v.object({
  /** The engine that won the last race; null before the first. */
  leader: v.nullable(v.string()),
  /** Searches since that race. */
  searches: v.pipe(v.number(), v.minValue(0)),
  engines: v.record(v.string(), EngineRecord),
});
export type Pace = v.InferOutput<typeof PaceSchema>;

export const UNKNOWN_PACE: Pace = { leader: null, searches: 0, engines: {} };

/** A leader is challenged again after this many searches: cards get drivers, laptops get hot. */
const RACE_EVERY = 24;
/** Older searches count less once there is this much to go by (ms). */
const MEMORY = 120_000;
/** A search of fewer hashes times the asking more than the search. */
const LEAST_LAP = 2 ** 20;
/** What was found by the way tells the rate once it is worth so many hashes. */
const ENOUGH = 2 ** 26;

/** How one engine's search went. `ms` counts each of its units. */
export interface Lap {
  readonly engine: string;
  readonly ms: number;
  readonly threshold: Threshold;
  /** `ended` when it was called off, `failed` when the engine could not go on. */
  readonly outcome: 'found' | 'ended' | 'failed';
}

/** How many hashes a proof takes on average: 2^64 / (2^64 − threshold). */
export const expectedHashes = (threshold: Threshold): number =>
  2 ** 64 / Number(2n ** 64n - toU64(threshold));

/** The threshold that takes about this many hashes, at least one. */
export const thresholdTaking = (hashes: number): bigint => 2n ** 64n - 2n ** 64n / BigInt(Math.round(hashes));

/** The pace with one more lap in it. */
export function withLap(pace: Pace, { engine, ms, threshold, outcome }: Lap): Pace {
  const before = pace.engines[engine] ?? { hashes: 0, ms: 0, works: true, tested: false };
  const works = outcome === 'ended' ? before.works : outcome === 'found';
  const hashes = expectedHashes(threshold);
  if (outcome === 'failed' || hashes < LEAST_LAP) return withEngine(pace, engine, { ...before, works });
  const fade = Math.min(1, MEMORY / (before.ms + ms));
  return withEngine(pace, engine, {
    ...before,
    hashes: (before.hashes + (outcome === 'found' ? hashes : 0)) * fade,
    ms: (before.ms + ms) * fade,
    works,
  });
}

/** The pace after a search that this engine ended; in a race, it leads from now on. */
export const withWinner = (pace: Pace, engine: string, race: boolean): Pace =>
  race ? { ...pace, leader: engine, searches: 0 } : { ...pace, searches: pace.searches + 1 };

/** The pace with what an engine showed in a test in place of all it showed before. */
export const withTest = (pace: Pace, engine: string, hashes: number, ms: number): Pace =>
  withEngine(pace, engine, { hashes, ms, works: hashes > 0, tested: true });

/** Whether the engines should show anew which of them is the fastest. */
export const wantsRace = ({ leader, searches }: Pace): boolean => leader === null || searches >= RACE_EVERY;

/** Hashes a second of one unit of an engine; null while too little is known to say. */
export function rateOf(pace: Pace, engine: string): number | null {
  const { hashes = 0, ms = 0, tested = false } = pace.engines[engine] ?? {};
  const isKnown = tested ? hashes > 0 : hashes >= ENOUGH;
  return isKnown && ms > 0 ? (hashes / ms) * 1000 : null;
}

/** Whether the engine that is asked first was ever timed on purpose. */
export const isTested = ({ leader, engines }: Pace): boolean => engines[leader ?? '']?.tested === true;

const withEngine = (pace: Pace, name: string, record: v.InferOutput<typeof EngineRecord>): Pace => ({
  ...pace,
  engines: { ...pace.engines, [name]: record },
});
