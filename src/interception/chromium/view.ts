import type { View } from '../challenge.ts';

/** The least width and height of a window in which a user can see a page (px). */
const LEAST = 300;

/** How much the user can see of a tab at this moment. */
export async function viewOf(tabId: number): Promise<View> {
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
