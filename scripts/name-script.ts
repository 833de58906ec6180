import type { Plugin } from 'vite';
import { SCRIPT_NAME } from '../src/content/script-name.ts';

const HOLD = 'src/content/main/hold.iife.js';

/**
 * Names the script that runs in the page's own world, whose address would show in the stack traces of pages. Under that
 * name nobody could find its source map.
 */
export function nameScript(): Plugin {
  return {
    name: 'name-script',
    enforce: 'post',
    generateBundle(_, bundle) {
      const hold = bundle[HOLD];
      if (hold?.type !== 'asset') return this.error(`${HOLD} is not among what was built`);
      const [code] = `${hold.source}`.split('//# sourceMappingURL=');
      hold.source = `${code}//# sourceURL=${SCRIPT_NAME}\n`;
    },
  };
}
