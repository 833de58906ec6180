import { ensureChromium, ensureFirefox } from '../../scripts/browser.ts';
import { builtExtension, builtForFirefox, builtInterception, builtWork } from './build.ts';

/** Finds the browsers and builds what they load, once, before the test files run side by side. */
export default function setup(): void {
  ensureChromium();
  ensureFirefox();
  builtExtension();
  builtForFirefox();
  builtInterception();
  builtWork();
}
