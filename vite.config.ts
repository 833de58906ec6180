import { fileURLToPath } from 'node:url';
import { crx, type ManifestV3Export } from '@crxjs/vite-plugin';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';
import manifest from './manifest.json' with { type: 'json' };
import { commitOf } from './scripts/commit.ts';
import { linksScript } from './scripts/links-script.ts';
import { nameScript } from './scripts/name-script.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const pages = ['popup', 'approve', 'link', 'onboarding', 'developer'];

/** `--mode chromium` (default) and `--mode firefox` build the same purse for each browser, into dist/MODE. */
export default defineConfig(({ mode, command }) => {
  const firefox = mode === 'firefox';
  return {
    plugins: [
      preact(),
      crx({
        manifest: (firefox ? forFirefox() : manifest) as ManifestV3Export,
        browser: firefox ? 'firefox' : 'chrome',
      }),
      nameScript(),
      linksScript(),
    ],
    define: { __COMMIT__: JSON.stringify(commitOf(ROOT)) },
    build: {
      // What `npm run dev` writes loads from its own server: it must not pass for a build.
      outDir: command === 'serve' ? 'dist/dev' : firefox ? 'dist/firefox' : 'dist/chromium',
      target: 'es2022',
      // The oldest browsers of the manifest. For older ones `light-dark()` would be written out in variables.
      cssTarget: ['chrome140', 'firefox140'],
      sourcemap: true,
      // A tiny wasm must not become a data: URL, which the extension's own CSP forbids.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: [
          ...[...pages, ...(firefox ? [] : ['offscreen'])].map((page) => `src/pages/${page}/index.html`),
          'src/practice/index.html',
          // The browser finds the tools' own page by the manifest, and this one by its name only.
          'src/pages/devtools/panel.html',
        ],
      },
    },
  };
});

/** Permissions of what Firefox does in another way, or not at all. */
const CHROMIUM_ONLY = ['offscreen', 'idle', 'declarativeNetRequestWithHostAccess'];

/**
 * Firefox knows no service worker and no offscreen document: its background is an event page that may hold requests. Its
 * `idle` never tells that the screen is locked.
 */
function forFirefox() {
  const { background, minimum_chrome_version: _, ...shared } = manifest;
  return {
    ...shared,
    permissions: [
      ...shared.permissions.filter((permission) => !CHROMIUM_ONLY.includes(permission)),
      'webRequestBlocking',
    ],
    // Without it the browser hides the button in its menu of extensions.
    action: { ...shared.action, default_area: 'navbar' },
    background: { scripts: [background.service_worker], type: 'module' },
    browser_specific_settings: {
      gecko: {
        id: 'purse@nanopurse.org',
        strict_min_version: '140.0',
        data_collection_permissions: { required: ['none'] },
      },
    },
  };
}
