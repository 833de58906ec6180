import * as v from 'valibot';
import type { WorkCache, WorkEntry, WorkIntent } from '../work/cache.ts';
import type { WorkRoot } from '../work/difficulty.ts';
import { type EngineSpeed, EngineSpeedSchema, UNKNOWN_SPEED } from '../work/engine-speed.ts';
import type { Database } from './schema.ts';

/** Work and the wish for it, in IndexedDB. */
export function storedWorkCache(database: Database): WorkCache {
  return {
    get: (root: WorkRoot) => database.get('work', root),
    put: async (entry: WorkEntry) => void (await database.put('work', entry, entry.root)),
    drop: (root: WorkRoot) => database.delete('work', root),
    intents: {
      list: () => database.getAll('workIntents'),
      put: async (intent: WorkIntent) => void (await database.put('workIntents', intent, intent.root)),
      drop: (root: WorkRoot) => database.delete('workIntents', root),
    },
  };
}

/** Beside the work, whose keys are roots, and in no backup: another device has another pace. */
const PACE = 'pace';

/** How fast the engines of this device have shown themselves, in IndexedDB. */
export const storedPace = (database: Database) => ({
  read: async (): Promise<EngineSpeed> =>
    v.parse(v.fallback(EngineSpeedSchema, UNKNOWN_SPEED), await database.get('work', PACE)),
  keep: async (pace: EngineSpeed) => void (await database.put('work', pace, PACE)),
});
