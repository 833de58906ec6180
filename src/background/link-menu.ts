import { reportFailure } from './startup.ts';

const ID = 'pay-link';

/**
 * The entry of the browser's context menu for links. It opens the link in a new tab, where the purse asks as for any page:
 * the menu itself approves nothing.
 */
export const linkMenu = {
  /** Makes the entry. The browser keeps it from then on; to be called when the extension was installed or updated. */
  make(): void {
    chrome.contextMenus.removeAll(() => {
      chrome.contextMenus.create({
        id: ID,
        title: chrome.i18n.getMessage('action_payLink'),
        contexts: ['link'],
        targetUrlPatterns: ['http://*/*', 'https://*/*'],
      });
    });
  },

  /** Opens the link that the user chose the entry for, beside the tab that it stands in. */
  clicked({ menuItemId, linkUrl }: chrome.contextMenus.OnClickData, from?: chrome.tabs.Tab): void {
    if (menuItemId !== ID || linkUrl === undefined) return;
    const place = from?.id === undefined ? {} : { openerTabId: from.id, index: from.index + 1 };
    chrome.tabs.create({ url: linkUrl, ...place }).catch(reportFailure);
  },
} as const;
