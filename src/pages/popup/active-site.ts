import browser from 'webextension-polyfill';

/** The tab in front; undefined where the browser does not tell. */
export async function activeTab(): Promise<browser.Tabs.Tab | undefined> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  return tab;
}

/** A page of a web site, as it stands in a tab. */
export interface ActivePage {
  readonly tabId: number;
  /** Its origin. */
  readonly site: string;
}

/** The page in the active tab; null for pages that are no web site, or where the browser does not tell. */
export async function activePage(): Promise<ActivePage | null> {
  const tab = await activeTab();
  if (tab?.id === undefined || tab.url === undefined || !URL.canParse(tab.url)) return null;
  const { protocol, origin } = new URL(tab.url);
  return protocol === 'https:' || protocol === 'http:' ? { tabId: tab.id, site: origin } : null;
}
