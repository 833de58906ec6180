import { SerialQueue } from '../concurrency.ts';
import type { ToolbarButton } from './toolbar-button.ts';

const APPROVE_PAGE = 'src/pages/approve/index.html';

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
  readonly #opening = new SerialQueue();
  readonly #button: Pick<ToolbarButton, 'recovered' | 'waits'>;

  constructor(button: Pick<ToolbarButton, 'recovered' | 'waits'>) {
    this.#button = button;
  }

  /** Takes the list of everything that waits. To be called whenever it changes. */
  update(matters: readonly Matter[]): void {
    const isFirst = this.#waiting === 0;
    this.#waiting = matters.length;
    void this.#button.waits(matters.length).catch(console.error);
    const fresh = matters.filter(({ id }) => !this.#shown.has(id));
    for (const { id } of fresh) this.#shown.add(id);
    for (const id of this.#shown) {
      if (this.#shown.size <= REMEMBERED) break;
      this.#shown.delete(id);
    }
    for (const { tabId } of fresh) void this.#button.recovered(tabId);
    const [first] = fresh;
    if (first === undefined) return;
    this.#opening.run(() => open(first.tabId, isFirst)).catch(console.error);
  }
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
