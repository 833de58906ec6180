import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { builtExtension, ROOT } from './build.ts';

/** An extension of somebody else's, without any permission. */
const OTHER = join(ROOT, 'test/e2e/fixtures/other-extension');
/** Chromium names an unpacked extension by its folder. */
const OTHER_ID = createHash('sha256')
  .update(OTHER)
  .digest('hex')
  .slice(0, 32)
  .replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));

/** A page of the other extension, from which it uses the browser's API. */
export const OTHER_PAGE = `chrome-extension://${OTHER_ID}/page.html`;

/** Arguments that load the other extension beside the purse. */
export function besideOther(): readonly string[] {
  const both = [builtExtension(), OTHER].join(',');
  return [`--load-extension=${both}`, `--disable-extensions-except=${both}`];
}
