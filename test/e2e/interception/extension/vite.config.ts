import { resolve } from 'node:path';
import { crx, defineManifest } from '@crxjs/vite-plugin';
import { defineConfig } from 'vite';
import { nameScript } from '../../../../scripts/name-script.ts';

const root = resolve(import.meta.dirname, '../../../..');
const here = 'test/e2e/interception/extension';
const everywhere = {
  matches: ['<all_urls>'],
  run_at: 'document_start' as const,
  all_frames: true,
  match_about_blank: true,
  match_origin_as_fallback: true,
};

const manifest = defineManifest({
  manifest_version: 3,
  name: 'Interception bench',
  version: '1',
  permissions: ['webRequest', 'webNavigation', 'declarativeNetRequestWithHostAccess', 'storage'],
  host_permissions: ['<all_urls>'],
  background: { service_worker: `${here}/background.ts`, type: 'module' },
  action: { default_popup: `${here}/view.html` },
  content_scripts: [
    { ...everywhere, js: ['src/content/main/hold.iife.ts'], world: 'MAIN' },
    { ...everywhere, js: ['src/content/isolated/bridge.iife.ts'] },
  ],
});

/** The product's interception and content scripts, with a scripted purse behind them. */
export default defineConfig({
  root,
  publicDir: false,
  logLevel: 'error',
  build: { outDir: resolve(root, '.build/interception-bench'), emptyOutDir: true, target: 'chrome120' },
  plugins: [crx({ manifest }), nameScript()],
});
