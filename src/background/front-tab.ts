/** Whether a tab is the one that its window shows. A tab that was closed is not. */
export async function isInFront(tabId: number): Promise<boolean> {
  const tab = await chrome.tabs.get(tabId).catch(() => undefined);
  return tab?.active === true;
}

/** The tab in front in a window; undefined for one that was closed, or has no tabs. */
export async function frontTabIn(windowId: number): Promise<number | undefined> {
  const [tab] = await chrome.tabs.query({ active: true, windowId }).catch(() => []);
  return tab?.id;
}

/** The tab in front in the browser window that was used last, whatever window of the extension is over it. */
export async function frontTab(): Promise<number | undefined> {
  const used = await chrome.windows.getLastFocused({ windowTypes: ['normal'] }).catch(() => undefined);
  return used?.id === undefined ? undefined : frontTabIn(used.id);
}

/** What is told of tabs, with that of the tab in front first. The order is otherwise kept. */
export function frontFirst<T extends { readonly challenge: { readonly tabId: number } }>(
  all: readonly T[],
  front: number | undefined,
): readonly T[] {
  const isFront = ({ challenge }: T) => challenge.tabId === front;
  return [...all.filter(isFront), ...all.filter((one) => !isFront(one))];
}
