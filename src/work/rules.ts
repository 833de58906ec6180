import * as v from 'valibot';
import type { Limits } from './engine.ts';
import { WorkServersSchema } from './engines/work-server.ts';

/** When work is precomputed: always, with enough battery left, only when plugged in, or never. */
const aheadRules = ['always', 'battery', 'plugged', 'never'] as const;
type AheadRule = (typeof aheadRules)[number];

const MOST_WORKERS = 64;

/** The user's rules for the proof of work. */
export const WorkRulesSchema = v.strictObject({
  /** The most threads at once; null for the default. */
  workers: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_WORKERS))),
  ahead: v.picklist(aheadRules),
  /** The work servers that may be asked. They learn which account is about to send or receive. */
  servers: WorkServersSchema,
});
type WorkRules = v.InferOutput<typeof WorkRulesSchema>;

/** The rules of a user who has changed none: work is precomputed down to a fifth of the battery, and no server is asked. */
export const DEFAULT_WORK_RULES: WorkRules = { workers: null, ahead: 'battery', servers: [] };

/** The share of the battery below which nothing is precomputed while unplugged. A share above 1 is never reached. */
const FLOORS: Readonly<Record<AheadRule, number>> = { always: 0, battery: 0.2, plugged: 1.01, never: 1.01 };

/** The limits of a search under these rules. */
export const limitsOf = ({ workers, ahead }: WorkRules): Limits => ({ workers, batteryFloor: FLOORS[ahead] });
