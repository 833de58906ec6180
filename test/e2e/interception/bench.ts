import { resolve } from 'node:path';
import { crx, defineManifest } from '@crxjs/vite-plugin';
import { build } from 'vite';
import { expect } from 'vitest';
import { nameScript } from '../../../scripts/name-script.ts';
import { type Browser, killWorkers, launchChromium } from '../chromium.ts';
import type { Bench, Policy } from './extension/background.ts';
import { type Paywall, startPaywall } from './paywall.ts';

const root = resolve(import.meta.dirname, '../../..');
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
    { ...everywhere, js: ['src/content/bridge.iife.ts'] },
    { ...everywhere, js: ['src/content/hold.iife.ts'], world: 'MAIN' },
  ],
});

/** Chromium with the bench in it, and a paywall to meet. */
export interface World {
  readonly browser: Browser;
  readonly paywall: Paywall;
  /** What becomes of the challenges from now on. */
  policy(policy: Policy): Promise<void>;
  /** The challenges, unheld and unpriced ones and deliveries of one path, as this life of the worker saw them. */
  seen(path: string): Promise<Pick<Bench, 'challenges' | 'unheld' | 'unpriced' | 'deliveries'>>;
  /** Resolved when what a path sells is paid and waits for its page to be loaded again. */
  untilToLoad(path: string): Promise<void>;
  killWorker(): Promise<void>;
  close(): Promise<void>;
}

/** Builds and starts everything. */
export async function startWorld(): Promise<World> {
  const [extension, paywall] = await Promise.all([buildBench(), startPaywall()]);
  const browser = await launchChromium({ extension });
  const { worker, context } = browser;
  await worker.evaluate(() => bench.life);
  return {
    browser,
    paywall,
    policy: (policy) => worker.evaluate((value) => chrome.storage.session.set({ policy: value }), policy),
    seen: (path) =>
      worker.evaluate((end) => {
        const { challenges, unheld, unpriced, deliveries } = bench;
        const isIt = ({ url }: { readonly url: string }) => url.endsWith(end);
        return {
          challenges: challenges.filter(isIt),
          unheld: unheld.filter(isIt),
          unpriced: unpriced.filter(isIt),
          deliveries: deliveries.filter(({ challenge }) => isIt(challenge)),
        };
      }, path),
    async untilToLoad(path) {
      const waiting = () =>
        worker.evaluate((end) => bench.toLoad().some(({ url }) => url.endsWith(end)), path);
      await expect.poll(waiting).toBe(true);
    },
    killWorker: () => killWorkers(browser, `${here}/view.html`),
    async close() {
      await context.close();
      await paywall.close();
    },
  };
}

/** Builds the bench: the product's interception and content scripts with a scripted purse. Gives its folder. */
async function buildBench(): Promise<string> {
  const outDir = resolve(root, '.build/interception-bench');
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, target: 'chrome120' },
    plugins: [crx({ manifest }), nameScript()],
  });
  return outDir;
}
