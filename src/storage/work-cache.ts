import type { WorkCache, WorkEntry, WorkIntent } from '../work/cache.ts';
import type { WorkRoot } from '../work/difficulty.ts';
import type { Database } from './database.ts';

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
