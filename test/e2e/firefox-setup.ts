import { ensureFirefox } from '../../scripts/browser.ts';
import { builtForFirefox, builtInterceptionForFirefox } from './build.ts';

/** The same as `global-setup.ts` for the tests that run in Firefox. */
export default function setup(): void {
  ensureFirefox();
  builtForFirefox();
  builtInterceptionForFirefox();
}
