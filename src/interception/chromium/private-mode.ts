import { NO_TAB } from '../observed-request.ts';

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
