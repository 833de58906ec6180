import browser from 'webextension-polyfill';
import { readWebUrl } from '../../site.ts';

/** Returns the active tab; undefined where the browser does not reveal it. */
export async function activeTab(): Promise<browser.Tabs.Tab | undefined> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  return tab;
}

/** The web page in a tab. */
export interface ActivePage {
  readonly tabId: number;
  /** Its origin. */
  readonly site: string;
  /** Whether it is in a private window: nothing is stored of its site. */
  readonly isPrivate: boolean;
}

/** Returns the page in the active tab; null when it is not a web page or the browser does not reveal it. */
export async function activePage(): Promise<ActivePage | null> {
  const tab = await activeTab();
  if (tab?.id === undefined || tab.url === undefined) return null;
  const url = readWebUrl(tab.url);
  return url === undefined ? null : { tabId: tab.id, site: url.origin, isPrivate: tab.incognito };
}
