import type { View } from './challenge.ts';

/** The least width and height of a window in which a user can see a page (px). */
const LEAST = 300;

/** The queries that are under way, by tab. */
const looks = new Map<number, Promise<View>>();

/** How much the user can see of a tab at this moment. Concurrent calls for one tab share one query. */
export function viewOf(tabId: number): Promise<View> {
  const underway = looks.get(tabId);
  if (underway !== undefined) return underway;
  const look = lookAt(tabId).finally(() => looks.delete(tabId));
  looks.set(tabId, look);
  return look;
}

async function lookAt(tabId: number): Promise<View> {
  const tab = await chrome.tabs.get(tabId).catch(() => undefined);
  if (!tab?.active) return 'hidden';
  const [around, last] = await Promise.all([
    chrome.windows.get(tab.windowId).catch(() => undefined),
    chrome.windows.getLastFocused({ windowTypes: ['normal'] }).catch(() => undefined),
  ]);
  if (around === undefined || around.state === 'minimized') return 'hidden';
  const { width = 0, height = 0 } = around;
  if (width < LEAST || height < LEAST) return 'hidden';
  return around.id === last?.id ? 'front' : 'beside';
}
