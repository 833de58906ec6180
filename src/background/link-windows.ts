import type { LinkWindows } from './link-questions.ts';

const LINK_PAGE = 'src/pages/link/index.html';

/** Opens and shows the windows of payment links. */
export const linkWindows: LinkWindows = {
  async open(id) {
    const url = `${LINK_PAGE}?id=${id}`;
    const opened = await chrome.windows.create({
      url,
      type: 'popup',
      width: 400,
      height: 640,
      focused: true,
    });
    if (opened?.id === undefined) throw new Error('the window of a link has no id');
    return opened.id;
  },
  async focus(windowId) {
    try {
      await chrome.windows.update(windowId, { focused: true });
      return true;
    } catch {
      // The window was closed.
      return false;
    }
  },
};
