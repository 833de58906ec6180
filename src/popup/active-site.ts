import browser from 'webextension-polyfill';

/** The tab in front; undefined where the browser does not tell. */
export async function activeTab(): Promise<browser.Tabs.Tab | undefined> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  return tab;
}

/** The origin of the page in the active tab; null for pages that are no web site, or where the browser does not tell. */
export async function activeSite(): Promise<string | null> {
  const tab = await activeTab();
  if (tab?.url === undefined || !URL.canParse(tab.url)) return null;
  const { protocol, origin } = new URL(tab.url);
  return protocol === 'https:' || protocol === 'http:' ? origin : null;
}
