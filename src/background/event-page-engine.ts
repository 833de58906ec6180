import { stayAwake } from '../interception/firefox/stay-awake.ts';
import type { WorkEngine } from '../work/engine.ts';
import { pageEngine } from '../work/engines/page-engine.ts';

/**
 * Returns the work engine of this device for Firefox, whose event page has workers of its own. While a user waits for a search,
 * the event page stays awake. Precomputing is resumed by each next life of it.
 */
export function eventPageEngine(): WorkEngine {
  const engine = pageEngine();
  return {
    name: engine.name,
    async solve(root, threshold, options) {
      if (options.urgency === 'background') return engine.solve(root, threshold, options);
      const sleep = stayAwake();
      try {
        return await engine.solve(root, threshold, options);
      } finally {
        sleep();
      }
    },
  };
}
