/**
 * `npm run dev`: builds the extension into `dist/dev`, opens Chromium with it, and builds and reloads it whenever a
 * source changes. The profile of the browser stays in `.build/dev-profile`, and with it the wallet. Ctrl-C, or closing
 * the browser, ends it.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright';
import type { Rolldown } from 'vite';
import { ROOT } from '../test/e2e/build.ts';
import { type Browser, launchChromium } from '../test/e2e/chromium.ts';
import { ensureChromium, hasDisplay } from './browser.ts';
import { buildKernels } from './build-kernel.ts';

const EXTENSION = join(ROOT, 'dist', 'dev');
const PROFILE = join(ROOT, '.build', 'dev-profile');
/** How often a page of a reloaded extension is tried, and the time between two tries (ms). */
const LOAD_TRIES = 50;
const LOAD_PAUSE = 200;

const NO_DISPLAY = `npm run dev opens a browser window, and there is no display here: neither DISPLAY nor WAYLAND_DISPLAY is set.
Start a virtual one (Debian: apt-get install xvfb):

  xvfb-run npm run dev

The same loop without a window: npm run test:watch for unit tests, npm run test:e2e -- FILE for one browser test.`;

/** Starts a build that is repeated whenever a source changes. */
async function watch(): Promise<Rolldown.RolldownWatcher> {
  // CRXJS gives its builds of content scripts an option that Rolldown warns about each time. The level of Rolldown's own
  // logger is read when it is loaded; what Vite warns about is still shown.
  process.env.CONSOLA_LEVEL = '0';
  const { build } = await import('vite');
  const watcher = await build({
    mode: 'chromium',
    logLevel: 'warn',
    build: { outDir: EXTENSION, emptyOutDir: true, minify: false, watch: {} },
  });
  if (!('on' in watcher)) throw new Error('Vite did not start to watch');
  return watcher;
}

/** A browser with the extension in it, as it was last built. */
class DevBrowser {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<DevBrowser> {
    mkdirSync(PROFILE, { recursive: true });
    const browser = await launchChromium({ extension: EXTENSION, profile: PROFILE, headless: false });
    // Loading is up to the developer here, however long it takes.
    browser.context.setDefaultTimeout(0);
    browser.context.once('close', () => process.exit());
    // Without developer mode, Chromium disables an unpacked extension when it is reloaded.
    const extensions = await browser.context.newPage();
    await extensions.goto('chrome://extensions');
    await extensions.evaluate(
      'chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true })',
    );
    await extensions.close();
    return new DevBrowser(browser);
  }

  /** Loads the extension anew, opens its pages again that this closes, and reloads the web pages beside them. */
  async reload(): Promise<void> {
    const { context, extensionId } = this.#browser;
    const pages = context.pages();
    const own = pages.map((page) => page.url()).filter((url) => url.includes(extensionId));
    const web = pages.filter((page) => /^https?:/.test(page.url()));
    const extensions = await context.newPage();
    await extensions.goto('chrome://extensions');
    await extensions.evaluate(`chrome.developerPrivate.reload('${extensionId}', { failQuietly: true })`);
    for (const url of own) await openOnceLoaded(await context.newPage(), url);
    await extensions.close();
    await Promise.all(web.map((page) => page.reload().catch(() => null)));
  }
}

/** Opens a page of the extension, which the browser blocks until it has loaded the extension again. */
async function openOnceLoaded(page: Page, url: string): Promise<void> {
  for (let tries = 0; tries < LOAD_TRIES; tries += 1) {
    const failed = await page.goto(url).then(
      () => false,
      () => true,
    );
    if (!failed) return;
    await pause(LOAD_PAUSE);
  }
  console.error(`${url} does not open: see chrome://extensions for the error.`);
}

async function main(): Promise<void> {
  if (!hasDisplay()) {
    console.error(NO_DISPLAY);
    process.exitCode = 1;
    return;
  }
  ensureChromium();
  buildKernels();
  const watcher = await watch();
  let opened: DevBrowser | undefined;
  let began = performance.now();
  watcher.on('event', async (event) => {
    switch (event.code) {
      case 'START':
        began = performance.now();
        return;
      case 'BUNDLE_END':
        return event.result.close();
      case 'ERROR':
        // The last build that went well stays in the browser.
        console.error(event.error.message);
        return event.result.close();
      case 'END': {
        const seconds = ((performance.now() - began) / 1000).toFixed(1);
        if (opened === undefined) opened = await DevBrowser.open();
        else await opened.reload();
        console.log(`${new Date().toLocaleTimeString()}  built in ${seconds} s, loaded`);
      }
    }
  });
}

await main();
