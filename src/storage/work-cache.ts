import * as v from 'valibot';
import type { WorkCache, WorkEntry, WorkIntent } from '../work/cache.ts';
import type { WorkRoot } from '../work/difficulty.ts';
import { type EngineSpeed, EngineSpeedSchema, UNKNOWN_SPEED } from '../work/engine-speed.ts';
import type { Database } from './schema.ts';

/** Found work, and the requests to precompute it, in IndexedDB. */
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

/** The key of the engine speed in the store of work, whose other keys are roots. Backups omit it: devices differ. */
const SPEED_KEY = 'pace';

/** The speed of this device's engines, in IndexedDB. */
export const storedEngineSpeed = (database: Database) => ({
  read: async (): Promise<EngineSpeed> =>
    v.parse(v.fallback(EngineSpeedSchema, UNKNOWN_SPEED), await database.get('work', SPEED_KEY)),
  keep: async (speed: EngineSpeed) => void (await database.put('work', speed, SPEED_KEY)),
});
