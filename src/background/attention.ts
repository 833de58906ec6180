import { SerialQueue } from '../concurrency.ts';

const APPROVE_PAGE = 'src/pages/approve/index.html';

/** Something that waits for the user. */
export interface Matter {
  readonly id: string;
  readonly tabId: number;
}

/** How many matters are remembered that were brought before the user once. */
const REMEMBERED = 200;

/**
 * Brings what waits for the user before them: a number on the toolbar button, and the toolbar popup or, where that
 * cannot open, one small window of our own. Never anything in the page, never a second window. A question that ends and
 * is asked again, as by a page that repeats its request, is brought before the user once.
 */
export class Attention {
  readonly #shown = new Set<string>();
  #waiting = 0;
  #isOutOfOrder = false;
  readonly #opening = new SerialQueue();

  /** Told all that waits, whenever it changes. */
  tell(matters: readonly Matter[]): void {
    this.#waiting = matters.length;
    this.#mark();
    const fresh = matters.filter(({ id }) => !this.#shown.has(id));
    for (const { id } of fresh) this.#shown.add(id);
    for (const id of this.#shown) {
      if (this.#shown.size <= REMEMBERED) break;
      this.#shown.delete(id);
    }
    const [first] = fresh;
    if (first === undefined) return;
    this.#opening.run(() => open(first.tabId)).catch(console.error);
  }

  /** Marks the button for as long as the purse cannot pay at all; why, the popup says. */
  outOfOrder(isIt: boolean): void {
    this.#isOutOfOrder = isIt;
    this.#mark();
  }

  #mark(): void {
    const count = this.#waiting === 0 ? '' : String(this.#waiting);
    void chrome.action.setBadgeText({ text: this.#isOutOfOrder ? '!' : count });
  }
}

/** Opens the purse where it shows what waits, unless it is open already. A tab in the background gets the number on the button alone. */
async function open(tabId: number): Promise<void> {
  if (await isOpen()) return;
  const tab = await chrome.tabs.get(tabId).catch(() => undefined);
  if (tab?.active !== true) return;
  try {
    await chrome.action.openPopup({ windowId: tab.windowId });
  } catch {
    // No popup can open over a minimised or unfocused window: a window of our own always can.
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
