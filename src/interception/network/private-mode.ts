import { NO_TAB } from '../observed-request.ts';
import type { PrivateMode } from './browser-network.ts';

/** A tab as browsers report it. Firefox alone names the cookie store of a tab. */
export type BrowserTab = chrome.tabs.Tab & { readonly cookieStoreId?: string };

/** Firefox's cookie store of ordinary windows, outside of its containers. */
const ORDINARY = 'firefox-default';

/** The private mode of a tab. A container of Firefox is one of its own: its cookies are not those of the purse's requests. */
export function privateModeOf({
  incognito,
  cookieStoreId = ORDINARY,
}: Pick<BrowserTab, 'incognito' | 'cookieStoreId'>): PrivateMode {
  if (cookieStoreId === ORDINARY) return { isPrivate: incognito };
  return { isPrivate: true, cookieStore: cookieStoreId };
}

/**
 * Whether a private window sent a request. Chromium tells the mode of a tab only. A request without a tab (of a service
 * worker) counts as private while any private window is open, a request of a tab that was closed meanwhile whenever the
 * user lets the extension into private windows: what is taken for private by mistake is only asked about.
 */
export async function isPrivate(tabId: number, tab: chrome.tabs.Tab | undefined): Promise<boolean> {
  if (tab !== undefined) return tab.incognito;
  if (!(await chrome.extension.isAllowedIncognitoAccess())) return false;
  return tabId !== NO_TAB || (await chrome.windows.getAll()).some(({ incognito }) => incognito);
}
