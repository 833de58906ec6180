import { SerialQueue } from '../concurrency.ts';

const APPROVE_PAGE = 'src/pages/approve/index.html';

/** What stands on the toolbar button where the purse cannot pay, or could not in a tab. */
const TROUBLE = '!';

/** Something that waits for the user: a question, or a paid page to reload. */
export interface Matter {
  readonly id: string;
  readonly tabId: number;
}

/** How many matters are remembered after they were shown to the user. */
const REMEMBERED = 200;

/**
 * Shows the user what waits for them: by a number on the toolbar button, and by the toolbar popup or, where that cannot
 * open, one small window of the extension. Nothing is shown in the page, and no second window opens. A question that ends
 * and is asked again, because a page repeats its request, opens the popup once.
 */
export class Attention {
  readonly #shown = new Set<string>();
  #waiting = 0;
  #isOutOfOrder = false;
  readonly #opening = new SerialQueue();

  /** Takes the list of everything that waits. To be called whenever it changes. */
  update(matters: readonly Matter[]): void {
    const isFirst = this.#waiting === 0;
    this.#waiting = matters.length;
    this.#mark();
    const fresh = matters.filter(({ id }) => !this.#shown.has(id));
    for (const { id } of fresh) this.#shown.add(id);
    for (const id of this.#shown) {
      if (this.#shown.size <= REMEMBERED) break;
      this.#shown.delete(id);
    }
    for (const { tabId } of fresh) void this.recovered(tabId);
    const [first] = fresh;
    if (first === undefined) return;
    this.#opening.run(() => open(first.tabId, isFirst)).catch(console.error);
  }

  /**
   * Marks the button of a tab whose payment was not completed, until the tab shows another page (which clears it by itself),
   * or something there is paid or asked about. A tab with another mark of its own keeps that.
   */
  async failed(tabId: number): Promise<void> {
    await onTab(async () => {
      if ((await chrome.action.getBadgeText({ tabId })) !== (await chrome.action.getBadgeText({}))) return;
      await chrome.action.setBadgeText({ tabId, text: TROUBLE });
      await chrome.action.setTitle({ tabId, title: chrome.i18n.getMessage('action_failed') });
    });
  }

  /** Takes the mark of a failed payment from the button of a tab. */
  async recovered(tabId: number): Promise<void> {
    await onTab(async () => {
      if ((await chrome.action.getBadgeText({ tabId })) !== TROUBLE) return;
      await chrome.action.setBadgeText({ tabId });
      await chrome.action.setTitle({ tabId, title: '' });
    });
  }

  /** Marks the button while the purse cannot pay at all. The popup says why. */
  outOfOrder(isIt: boolean): void {
    this.#isOutOfOrder = isIt;
    this.#mark();
  }

  #mark(): void {
    const count = this.#waiting === 0 ? '' : String(this.#waiting);
    void chrome.action.setBadgeText({ text: this.#isOutOfOrder ? TROUBLE : count });
  }
}

/** Ignores the failure for a closed tab, which has no button. */
async function onTab(mark: () => Promise<void>): Promise<void> {
  await mark().catch(() => undefined);
}

/**
 * Opens the purse, unless it is open already. For a tab in the background only the number on the button changes.
 *
 * @param isFirst whether nothing waited before: a window that still shows an earlier payment comes to the front
 */
async function open(tabId: number, isFirst: boolean): Promise<void> {
  const shown = await openContext();
  if (shown !== undefined && !isFirst) return;
  const tab = await chrome.tabs.get(tabId).catch(() => undefined);
  if (tab?.active !== true) return;
  if (shown !== undefined) {
    if (shown.contextType === chrome.runtime.ContextType.TAB)
      await chrome.windows.update(shown.windowId, { focused: true });
    return;
  }
  try {
    await chrome.action.openPopup({ windowId: tab.windowId });
  } catch {
    // The popup cannot open over a minimised or unfocused window; a window of the extension can.
    await chrome.windows.create({ url: APPROVE_PAGE, type: 'popup', width: 400, height: 640, focused: true });
  }
}

/** The popup or the window in which the purse is open. */
async function openContext(): Promise<chrome.runtime.ExtensionContext | undefined> {
  const contexts = await chrome.runtime.getContexts({
    contextTypes: [chrome.runtime.ContextType.POPUP, chrome.runtime.ContextType.TAB],
  });
  return contexts.find(
    ({ contextType, documentUrl }) =>
      contextType === chrome.runtime.ContextType.POPUP || documentUrl?.endsWith(APPROVE_PAGE),
  );
}
