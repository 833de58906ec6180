import { type BrowserContext, firefox, type Page } from 'playwright';
import { findFirefox } from '../../scripts/browser.ts';
import { bounded } from './bounded.ts';
import { firefoxPopup } from './firefox-popup.ts';
import { implementationOf, prepareTransport } from './firefox-transport.ts';
import type { PurseBrowser } from './purse-browser.ts';

/** The id of the extension in the manifest for Firefox. */
const ADD_ON = 'purse@nanopurse.org';
/** How long a page may take for what a test waits for (ms): a bound for machines that are busy with other things. */
const PATIENCE = 90_000;

/**
 * What tests need of the browser: it takes the extension without a signature, opens no page of its own, and keeps no page in
 * its back/forward cache, as Playwright's Chromium.
 */
const PREFERENCES = {
  'xpinstall.signatures.required': false,
  // The extension is installed anew at each start, and has to be the same one.
  'extensions.webextensions.keepStorageOnUninstall': true,
  'extensions.webextensions.keepUuidOnUninstall': true,
  'browser.sessionhistory.max_total_viewers': 0,
  'browser.startup.homepage_override.mstone': 'ignore',
  'dom.disable_open_during_load': false,
};

export interface FirefoxOptions {
  /** Folder of the built extension. */
  readonly extension: string;
  /** Folder of the browser's profile; a new one by default. */
  readonly profile?: string;
  readonly headless?: boolean;
  /** The user lets the purse into private windows. */
  readonly inPrivate?: boolean;
  readonly preferences?: Readonly<Record<string, boolean | number | string>>;
}

/** A Firefox with the extension, and the way to run code in the browser's own window. */
export interface FirefoxBrowser extends Omit<PurseBrowser, 'isNew' | 'privileged'> {
  /** Runs an expression with the rights of the browser itself. A promise is awaited; the value is one of JSON. */
  privileged(expression: string): Promise<unknown>;
}

/** Starts Firefox with the extension. */
export async function launchFirefox(options: FirefoxOptions): Promise<FirefoxBrowser> {
  const { extension, profile = '', headless = true, inPrivate = false, preferences = {} } = options;
  const executablePath = findFirefox();
  if (executablePath === undefined) throw new Error('There is no Firefox here: install firefox-esr.');
  prepareTransport();
  const context = await firefox.launchPersistentContext(profile, {
    // The channel has Playwright speak WebDriver BiDi, which a Firefox that it has not changed understands.
    channel: 'moz-firefox',
    executablePath,
    headless,
    viewport: null,
    args: ['--remote-allow-system-access'],
    firefoxUserPrefs: { ...PREFERENCES, ...preferences },
  });
  try {
    context.setDefaultTimeout(PATIENCE);
    const session = sessionOf(context);
    await session.send('webExtension.install', {
      extensionData: { type: 'path', path: extension },
    });
    const privileged = privilegedIn(session);
    if (inPrivate) await privileged(ALLOW_IN_PRIVATE);
    const extensionId = String(
      await privileged(`WebExtensionPolicy.getByID('${ADD_ON}').mozExtensionHostname`),
    );
    const origin = `moz-extension://${extensionId}`;
    return {
      context,
      extensionId,
      origin,
      privileged,
      stopBackground: async () => void (await privileged(STOP)),
      openPrivatePage: (_, url) => openPrivatePage(context, privileged, url),
      popupScreen: (url, within) => firefoxPopup(privileged, url, within),
    };
  } catch (failure) {
    await context.close();
    throw failure;
  }
}

const STOP = `WebExtensionPolicy.getByID('${ADD_ON}').extension.terminateBackground({
  disableResetIdleForTest: true,
  ignoreDevToolsAttached: true,
})`;

const ALLOW_IN_PRIVATE = `(async () => {
  const { ExtensionPermissions } = ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
  const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
  const permissions = { permissions: ['internal:privateBrowsingAllowed'], origins: [] };
  await ExtensionPermissions.add('${ADD_ON}', permissions);
  await (await AddonManager.getAddonByID('${ADD_ON}')).reload();
})()`;

async function openPrivatePage(
  context: BrowserContext,
  privileged: FirefoxBrowser['privileged'],
  url: string,
): Promise<Page> {
  const opened = context.waitForEvent('page');
  await bounded('a private window', privileged('void OpenBrowserWindow({ private: true })'));
  const page = await opened;
  await page.goto(url);
  return page;
}

/** A session of WebDriver BiDi. */
interface Session {
  send(command: string, parameters: object): Promise<unknown>;
}

/** The session that Playwright has with the browser, which allows only one. It is no part of Playwright's own API. */
function sessionOf(context: BrowserContext): Session {
  const { _browser } = implementationOf(context) as {
    readonly _browser: { readonly _browserSession: Session };
  };
  return _browser._browserSession;
}

interface Evaluated {
  readonly type: 'success' | 'exception';
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly text: string };
}

/** The way to run code in the first window of the browser. */
function privilegedIn(session: Session): FirefoxBrowser['privileged'] {
  return async (expression) => {
    const { contexts } = (await session.send('browsingContext.getTree', { 'moz:scope': 'chrome' })) as {
      readonly contexts: readonly { readonly context: string }[];
    };
    const [window] = contexts;
    if (window === undefined) throw new Error('Firefox has no window');
    const evaluated = (await session.send('script.evaluate', {
      expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`,
      target: { context: window.context },
      awaitPromise: true,
    })) as Evaluated;
    if (evaluated.type === 'exception') throw new Error(evaluated.exceptionDetails?.text);
    return JSON.parse(String(evaluated.result?.value));
  };
}
