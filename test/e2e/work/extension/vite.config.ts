import { resolve } from 'node:path';
import { crx, defineManifest } from '@crxjs/vite-plugin';
import { defineConfig } from 'vite';
import product from '../../../../manifest.json' with { type: 'json' };

const root = resolve(import.meta.dirname, '../../../..');
const here = 'test/e2e/work/extension';

const manifest = defineManifest({
  manifest_version: 3,
  name: 'Work bench',
  version: '1',
  background: { service_worker: `${here}/background.ts`, type: 'module' },
  action: { default_popup: `${here}/page.html` },
  content_security_policy: product.content_security_policy,
});

/** The proof-of-work engines in a page of their own. */
export default defineConfig({
  root,
  publicDir: false,
  logLevel: 'error',
  build: {
    outDir: resolve(root, '.build/work-bench'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
  },
  plugins: [crx({ manifest })],
});
