import * as v from 'valibot';
import type { Limits } from './engine.ts';
import { WorkServersSchema } from './engines/work-server.ts';

/** When work may be done ahead of need: whenever it is asked for, down to the last of the battery, plugged in, or not at all. */
export const aheadRules = ['always', 'battery', 'plugged', 'never'] as const;
export type AheadRule = (typeof aheadRules)[number];

const MOST_WORKERS = 64;

/** What the user lets the purse do for its proof of work. */
export const WorkRulesSchema = v.strictObject({
  /** The most threads at once; null leaves it to the purse. */
  workers: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_WORKERS))),
  ahead: v.picklist(aheadRules),
  /** Machines of others that may be asked, and so learn which account is about to move. */
  servers: WorkServersSchema,
});
export type WorkRules = v.InferOutput<typeof WorkRulesSchema>;

export const DEFAULT_WORK_RULES: WorkRules = { workers: null, ahead: 'battery', servers: [] };

/** Below which share of an unplugged battery nothing is searched for ahead of need. No battery is more than full. */
const FLOORS: Readonly<Record<AheadRule, number>> = { always: 0, battery: 0.2, plugged: 1.01, never: 1.01 };

export const limitsOf = ({ workers, ahead }: WorkRules): Limits => ({ workers, batteryFloor: FLOORS[ahead] });
