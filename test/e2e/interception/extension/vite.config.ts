import { resolve } from 'node:path';
import { crx, defineManifest, type ManifestV3Export } from '@crxjs/vite-plugin';
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

const shared = {
  manifest_version: 3 as const,
  name: 'Interception bench',
  version: '1',
  host_permissions: ['<all_urls>'],
  action: { default_popup: `${here}/view.html` },
  content_scripts: [
    { ...everywhere, js: ['src/content/main/hold.iife.ts'], world: 'MAIN' as const },
    { ...everywhere, js: ['src/content/isolated/bridge.iife.ts'] },
  ],
};
const PERMISSIONS = ['webRequest', 'webNavigation', 'storage'] as const;

const forChromium = defineManifest({
  ...shared,
  permissions: [...PERMISSIONS, 'declarativeNetRequestWithHostAccess'],
  background: { service_worker: `${here}/background.ts`, type: 'module' },
});
const forFirefox = {
  ...shared,
  permissions: [...PERMISSIONS, 'webRequestBlocking'],
  background: { scripts: [`${here}/background.ts`], type: 'module' },
  browser_specific_settings: { gecko: { id: 'purse@nanopurse.org', strict_min_version: '140.0' } },
} as unknown as ManifestV3Export;

/** The product's interception and content scripts, with a scripted purse behind them. */
export default defineConfig(({ mode }) => {
  const firefox = mode === 'firefox';
  return {
    root,
    publicDir: false,
    logLevel: 'error',
    build: {
      outDir: resolve(root, firefox ? '.build/interception-bench-firefox' : '.build/interception-bench'),
      emptyOutDir: true,
      target: 'es2022',
    },
    plugins: [
      crx({ manifest: firefox ? forFirefox : forChromium, browser: firefox ? 'firefox' : 'chrome' }),
      nameScript(),
    ],
  };
});
