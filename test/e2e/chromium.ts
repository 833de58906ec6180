import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BrowserContext, chromium, type Page, type Worker } from 'playwright';
import { findChromium } from '../../scripts/browser.ts';
import { bounded } from './bounded.ts';
import { newProfile, removeProfile } from './profile.ts';
import { closeSurely } from './sure-close.ts';

/** A Chromium with one extension in it. */
export interface Browser {
  readonly context: BrowserContext;
  readonly extensionId: string;
  /** The extension's service worker; the handle stays good when the worker is killed and starts again. */
  readonly worker: Worker;
}

export interface BrowserOptions {
  /** Folder of the built extension. */
  readonly extension: string;
  /** Folder of the browser's profile; empty for a new one that is forgotten. */
  readonly profile?: string;
  readonly headless?: boolean;
  readonly extraArgs?: readonly string[];
  /** Keep pages whole that are left, as browsers do; Playwright's do not. */
  readonly keepsPages?: boolean;
  /** BCP 47: the language in which pages write numbers and dates; that of the browser by default. */
  readonly locale?: string;
}

/** A running Chromium, and how to end it. */
export interface OwnBrowser extends Browser {
  close(): Promise<void>;
}

/** How long a page may take for what a test waits for (ms): a bound for machines that are busy with other things. */
const PATIENCE = 90_000;

/** Starts Chromium with the extension and waits for its worker. */
export async function launchChromium(options: BrowserOptions): Promise<Browser> {
  const { extension, profile = '', headless = true, extraArgs = [], keepsPages = false, locale } = options;
  const executablePath = findChromium();
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath !== undefined && { executablePath }),
    headless: false,
    ...(locale !== undefined && { locale }),
    ...(keepsPages && { ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
    args: [
      ...(headless ? ['--headless=new'] : []),
      '--no-sandbox',
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
      ...extraArgs,
    ],
  });
  context.setDefaultTimeout(PATIENCE);
  closeSurely(context);
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  return { context, worker, extensionId: new URL(worker.url()).host };
}

/**
 * Starts Chromium by itself and connects to it afterwards, in a profile that is deleted at the end. Unlike the browsers
 * that Playwright starts, it takes a tab behind another one for hidden, and can freeze it.
 */
export async function launchUnemulated(extension: string): Promise<OwnBrowser> {
  const profile = newProfile();
  const child = spawn(
    findChromium() ?? chromium.executablePath(),
    [
      '--headless=new',
      '--no-sandbox',
      '--no-first-run',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const close = async () => {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
    await removeProfile(profile);
  };
  try {
    const browser = await chromium.connectOverCDP(await endpointOf(child.stderr), { noDefaults: true });
    const [context] = browser.contexts();
    if (context === undefined) throw new Error('Chromium has no window');
    context.setDefaultTimeout(PATIENCE);
    closeSurely(context);
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    return { context, worker, extensionId: new URL(worker.url()).host, close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

/** The address of the debugger, which Chromium prints when it listens. */
async function endpointOf(printed: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(printed)) {
    const [, endpoint] = /^DevTools listening on (ws:.*)$/.exec(line) ?? [];
    if (endpoint !== undefined) return endpoint;
  }
  throw new Error('Chromium ended before its debugger listened');
}

/**
 * Lets an extension into private windows, as its user does on the browser's page of extensions. The browser of the
 * profile must be closed, and have run with the extension before.
 */
export function allowInPrivate(profile: string, extensionId: string): void {
  changeSettings(profile, extensionId, { incognito: true });
}

/**
 * Makes an extension one whose user granted it optional permissions before: it gets them without the browser's question, which
 * no test can answer, but only when it asks in a click. The browser of the profile as for `allowInPrivate`.
 */
export function grantedBefore(profile: string, extensionId: string, permissions: readonly string[]): void {
  const granted = { api: permissions, explicit_host: [], manifest_permissions: [], scriptable_host: [] };
  changeSettings(profile, extensionId, { runtime_granted_permissions: granted });
}

function changeSettings(profile: string, extensionId: string, change: object): void {
  const path = join(profile, 'Default', 'Preferences');
  const preferences = JSON.parse(readFileSync(path, 'utf8'));
  Object.assign(preferences.extensions.settings[extensionId], change);
  writeFileSync(path, JSON.stringify(preferences));
}

/** Opens a private window, and in it a page. Takes a page of an extension that the user lets into private windows. */
export async function openPrivatePage(own: Page, url: string): Promise<Page> {
  const opened = own.context().waitForEvent('page');
  await bounded(
    'a private window',
    own.evaluate((first) => chrome.windows.create({ incognito: true, url: first }), url),
  );
  const page = await opened;
  await page.waitForLoadState();
  return page;
}

/** Kills the extension's worker as an idle browser does; the next event starts it again. */
export async function killWorkers({ context, extensionId }: Browser, page: string): Promise<void> {
  const view = await context.newPage();
  await view.goto(`chrome-extension://${extensionId}/${page}`);
  await stopWorker(view);
  await view.close();
}

/** Kills the worker of the extension that `page` belongs to. Resolved when it is dead. */
export async function stopWorker(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const origin = new URL(page.url()).host;
  const statuses = new Map<string, string>();
  const stopped = new Promise<void>((resolve) => {
    session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      for (const { versionId, scriptURL, runningStatus } of versions) {
        if (scriptURL.includes(origin)) statuses.set(versionId, runningStatus);
      }
      if (statuses.size > 0 && [...statuses.values()].every((status) => status === 'stopped')) resolve();
    });
  });
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.stopAllWorkers');
  await stopped;
  // Not awaited: before it detaches, Playwright asks the page's renderer something, which now and then does not answer while
  // the worker in the same process dies.
  session.detach().catch(() => undefined);
}
