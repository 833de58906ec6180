import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { LINKS_SCRIPT } from '../src/content/links/file.ts';

const ENTRY = fileURLToPath(new URL('../src/content/links/links.iife.ts', import.meta.url));

/**
 * Builds the script for payment links, which no manifest lists: the purse registers it while its user wants that. CRXJS
 * would make such a script accessible to web pages, which could then tell that the purse is installed.
 */
export function linksScript(): Plugin {
  return {
    name: 'links-script',
    async configureServer({ config: { root, build } }) {
      const file = join(root, build.outDir, LINKS_SCRIPT);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, await builtScript());
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: LINKS_SCRIPT, source: await builtScript() });
    },
  };
}

/** The script in one piece, without imports. */
async function builtScript(): Promise<string> {
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: ENTRY, formats: ['iife'], name: 'links' },
    },
  });
  const outputs = Array.isArray(built) ? built : 'output' in built ? [built] : [];
  const [chunk] = outputs.flatMap(({ output }) => output);
  if (chunk?.type !== 'chunk') throw new Error(`${ENTRY} was not built`);
  return chunk.code;
}
