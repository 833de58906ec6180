import { ensureChromium } from '../../scripts/browser.ts';
import { builtExtension, builtInterception, builtWork } from './build.ts';

/** Finds the browser and builds what it loads, once, before the test files run side by side. */
export default function setup(): void {
  ensureChromium();
  builtExtension();
  builtInterception();
  builtWork();
}
