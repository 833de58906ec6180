import browser from 'webextension-polyfill';

/**
 * Opens a page of the extension in a tab, and closes the toolbar popup: that is too small for it, and closes when a file
 * is chosen.
 */
export async function openPage(name: 'onboarding' | 'developer' | 'popup', hash = ''): Promise<void> {
  await browser.tabs.create({ url: browser.runtime.getURL(`src/pages/${name}/index.html${hash}`) });
  closeIfPopup();
}

/** Closes the toolbar popup, so that what is behind it is visible. A tab stays open. */
export function closeIfPopup(): void {
  if (isToolbarPopup()) window.close();
}

/** Whether this page is the popup of the toolbar button, rather than the same page in a tab. */
export function isToolbarPopup(): boolean {
  return browser.extension.getViews({ type: 'popup' }).includes(window);
}
