/**
 * How fast each engine of this device has shown itself. A search remembers nothing, so the time it takes is
 * exponentially distributed, and its time for each hash that its proof is worth tells as much of an easy proof as of a
 * hard one. The best estimate of a rate is the number of proofs over the sum of those times, searches that ended without
 * a proof included.
 */
import * as v from 'valibot';
import { type Threshold, toU64 } from './difficulty.ts';

const Sum = v.pipe(v.number(), v.finite(), v.minValue(0));

const EngineRecord = v.object({
  /** How many proofs it found. */
  proofs: Sum,
  /** How long one unit of it, a core of the processor or a whole graphics card, has searched: the sum of each search's
   * time over what its proof is worth (ms per hash). */
  spent: Sum,
  /** Whether it could do its last search at all. */
  works: v.boolean(),
  /** Whether it was ever timed on purpose, rather than by the way. */
  tested: v.optional(v.boolean(), false),
});
type EngineRecord = v.InferOutput<typeof EngineRecord>;

export const EngineSpeedSchema = v.object({
  /** The engine that is asked first; null before the first race. */
  leader: v.nullable(v.string()),
  /** Searches since the last race. */
  searches: v.pipe(v.number(), v.minValue(0)),
  engines: v.record(v.string(), EngineRecord),
});
export type EngineSpeed = v.InferOutput<typeof EngineSpeedSchema>;

export const UNKNOWN_SPEED: EngineSpeed = { leader: null, searches: 0, engines: {} };

const UNKNOWN_ENGINE: EngineRecord = { proofs: 0, spent: 0, works: true, tested: false };

/** A leader is challenged again after this many searches: cards get drivers, laptops get hot. */
const RACE_EVERY = 24;
/** Older proofs count less once there are this many: enough to be within a fifth of the true rate. */
const MEMORY = 32;
/** A search of fewer hashes times the asking more than the search: a card takes milliseconds for a receive. */
const LEAST_LAP = 2 ** 26;
/** One proof is chance; so many found by the way tell the rate. */
const ENOUGH = 4;
/** What a test on purpose weighs, in proofs. */
const TEST = 16;

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
export function withLap(pace: EngineSpeed, { engine, ms, threshold, outcome }: Lap): EngineSpeed {
  const before = pace.engines[engine] ?? UNKNOWN_ENGINE;
  const works = outcome === 'ended' ? before.works : outcome === 'found';
  const hashes = expectedHashes(threshold);
  if (outcome === 'failed' || hashes < LEAST_LAP) return withEngine(pace, engine, { ...before, works });
  const fade = Math.min(1, MEMORY / (before.proofs + 1));
  return withEngine(pace, engine, {
    ...before,
    proofs: before.proofs * fade + (outcome === 'found' ? 1 : 0),
    spent: before.spent * fade + ms / hashes,
    works,
  });
}

/** The pace after one more search that was no race. */
export const withSearch = (pace: EngineSpeed): EngineSpeed => ({ ...pace, searches: pace.searches + 1 });

/** The pace after a race or a test, with the engine that is asked first from now on. */
export const withLeader = (pace: EngineSpeed, leader: string): EngineSpeed => ({
  ...pace,
  leader,
  searches: 0,
});

/** The pace with what an engine showed in a test, in hashes and ms, in place of all it showed before. */
export const withTest = (pace: EngineSpeed, engine: string, hashes: number, ms: number): EngineSpeed =>
  withEngine(
    pace,
    engine,
    hashes > 0
      ? { proofs: TEST, spent: (TEST * ms) / hashes, works: true, tested: true }
      : { ...UNKNOWN_ENGINE, works: false, tested: true },
  );

/**
 * Whether the engines should race: until the leader was timed on purpose, and again after a while. Who wins a single
 * race may have been lucky, and a graphics card is slow to begin with.
 */
export const wantsRace = (pace: EngineSpeed): boolean => !isTested(pace) || pace.searches >= RACE_EVERY;

/** Hashes a second of one unit of an engine; null while too little is known to say. */
export function rateOf(pace: EngineSpeed, engine: string): number | null {
  const { proofs, spent, tested } = pace.engines[engine] ?? UNKNOWN_ENGINE;
  const isKnown = tested ? proofs > 0 : proofs >= ENOUGH;
  return isKnown && spent > 0 ? (proofs / spent) * 1000 : null;
}

/** Whether the engine that is asked first was ever timed on purpose. */
export const isTested = ({ leader, engines }: EngineSpeed): boolean => engines[leader ?? '']?.tested === true;

const withEngine = (pace: EngineSpeed, name: string, record: EngineRecord): EngineSpeed => ({
  ...pace,
  engines: { ...pace.engines, [name]: record },
});
