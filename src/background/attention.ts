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
  readonly #opening = new SerialQueue();
  readonly #button: Pick<ToolbarButton, 'recovered' | 'waits'>;

  constructor(button: Pick<ToolbarButton, 'recovered' | 'waits'>) {
    this.#button = button;
  }

  /** Takes the list of everything that waits. To be called whenever it changes. */
  update(matters: readonly Matter[]): void {
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
    this.#opening.run(() => open(first.tabId)).catch(console.error);
  }
}

/** Opens the purse, unless it is open already. For a tab in the background only the number on the button changes. */
async function open(tabId: number): Promise<void> {
  if (await isOpen()) return;
  const tab = await chrome.tabs.get(tabId).catch(() => undefined);
  if (tab?.active !== true) return;
  try {
    await chrome.action.openPopup({ windowId: tab.windowId });
  } catch {
    // The popup cannot open over a minimised or unfocused window; a window of the extension can.
    await chrome.windows.create({ url: APPROVE_PAGE, type: 'popup', width: 400, height: 640, focused: true });
  }
}

async function isOpen(): Promise<boolean> {
  const contexts = await chrome.runtime.getContexts({
    contextTypes: [chrome.runtime.ContextType.POPUP, chrome.runtime.ContextType.TAB],
  });
  return contexts.some(
    ({ contextType, documentUrl }) =>
      contextType === chrome.runtime.ContextType.POPUP || documentUrl?.endsWith(APPROVE_PAGE),
  );
}
