import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { builtExtension, builtExtensionIn, builtForFirefox } from './build.ts';
import { allowInPrivate, grantedBefore, launchChromium, openPrivatePage, stopWorker } from './chromium.ts';
import { type FirefoxBrowser, launchFirefox } from './firefox.ts';
import { newProfile, removeProfile } from './profile.ts';
import type { PurseOptions } from './purse.ts';
import { popupScreen, type Screen } from './screen.ts';

/** The browsers that the purse is built for. */
export type BrowserName = 'chromium' | 'firefox';

/** A browser with the purse in it, and what tests do in each browser in its own way. */
export interface PurseBrowser {
  readonly context: BrowserContext;
  readonly extensionId: string;
  /** Origin of the purse's pages. */
  readonly origin: string;
  /** Whether it was never used before: then the purse opens its onboarding. */
  readonly isNew: boolean;
  /** Ends the background as an idle browser does; takes a page of the purse. */
  stopBackground(own: Page): Promise<void>;
  /** Opens a private window, and in it a page; takes a page of the purse. */
  openPrivatePage(own: Page, url: string): Promise<Page>;
  /** The part that `within` names of the toolbar popup that is open at a URL; undefined where none is. */
  popupScreen(url: string, within: string): Promise<Screen | undefined>;
  /** Runs code with the rights of the browser itself; in Firefox only. */
  readonly privileged?: FirefoxBrowser['privileged'];
}

/** The browser that tests run in unless they name one: that of the environment variable `PURSE_BROWSER`, else Chromium. */
export const testBrowser = (): BrowserName =>
  process.env.PURSE_BROWSER === 'firefox' ? 'firefox' : 'chromium';

/** Starts a browser with the purse in it. */
export function startBrowser(options: PurseOptions): Promise<PurseBrowser> {
  return (options.browser ?? testBrowser()) === 'firefox' ? inFirefox(options) : inChromium(options);
}

async function inChromium(options: PurseOptions): Promise<PurseBrowser> {
  const { headless = true, extraArgs = [], keepsPages = false, language } = options;
  const { inPrivate = false, grantedBefore: granted = [] } = options;
  const isPrepared = inPrivate || granted.length > 0;
  const isForgotten = isPrepared && options.profile === undefined;
  const profile = isForgotten ? newProfile() : (options.profile ?? '');
  const isNew = profile === '' || !existsSync(join(profile, 'Default'));
  const extension = language === undefined ? builtExtension() : builtExtensionIn(language);
  const locale = language === undefined ? {} : { locale: language.replace('_', '-') };
  const launch = () => launchChromium({ extension, profile, headless, extraArgs, keepsPages, ...locale });
  if (isPrepared && isNew) {
    const first = await launch();
    await first.context.close();
    if (inPrivate) allowInPrivate(profile, first.extensionId);
    if (granted.length > 0) grantedBefore(profile, first.extensionId, granted);
  }
  const { context, extensionId } = await launch();
  if (isForgotten) context.once('close', () => removeProfile(profile));
  return {
    context,
    extensionId,
    origin: `chrome-extension://${extensionId}`,
    isNew,
    stopBackground: stopWorker,
    openPrivatePage,
    popupScreen: (url, within) => popupScreen(context, url, within),
  };
}

async function inFirefox(options: PurseOptions): Promise<PurseBrowser> {
  const { headless = true, inPrivate = false, profile, preferences = {} } = options;
  const isNew = profile === undefined || !existsSync(join(profile, 'extensions.json'));
  const browser = await launchFirefox({
    extension: builtForFirefox(),
    headless,
    inPrivate,
    preferences,
    ...(profile !== undefined && { profile }),
  });
  return { ...browser, isNew };
}
