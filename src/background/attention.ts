import { SerialQueue } from '../concurrency.ts';
import type { ToolbarButton } from './toolbar-button.ts';

const APPROVE_PAGE = 'src/pages/approve/index.html';

/** Something that waits for the user: a question, or a paid page to reload. */
export interface Matter {
  readonly id: string;
  readonly tabId: number;
}

/** How many matters are remembered after they waited or were shown to the user. */
const REMEMBERED = 200;

/**
 * Shows the user what waits for them: by a number on the toolbar button, and by the toolbar popup or, where that cannot
 * open, one small window of the extension. Nothing is shown in the page, and no second window opens. A matter of a tab in the
 * background is brought up when the user switches to that tab. Each is brought up once: also a question that ends and is asked
 * again, because a page repeats its request.
 */
export class Attention {
  readonly #button: Pick<ToolbarButton, 'recovered' | 'waits'>;
  readonly #known = new Set<string>();
  readonly #broughtUp = new Set<string>();
  /** What was brought up while the user was in the browser. */
  readonly #seen = new Set<string>();
  readonly #opening = new SerialQueue();
  #matters: readonly Matter[] = [];

  constructor(button: Pick<ToolbarButton, 'recovered' | 'waits'>) {
    this.#button = button;
  }

  /** Takes the list of everything that waits. To be called whenever it changes. */
  update(matters: readonly Matter[]): void {
    const isFirst = this.#matters.length === 0;
    this.#matters = matters;
    void this.#button.waits(matters.length).catch(console.error);
    const fresh = matters.filter(({ id }) => !this.#known.has(id));
    for (const { id, tabId } of fresh) {
      remember(this.#known, id);
      void this.#button.recovered(tabId).catch(console.error);
    }
    for (const tabId of new Set(fresh.map((matter) => matter.tabId))) this.#show(tabId, isFirst);
  }

  /** Brings up what waits in a tab and was not brought up yet, where the tab is in front. To be called when the user switches to it. */
  lookedAt(tabId: number): void {
    this.#show(tabId, false);
  }

  /** Brings up what waits in a tab because the user wants to see it, whether it was brought up before or not. */
  async lookAt(tabId: number): Promise<void> {
    await this.#opening.run(() => open(tabId, true));
  }

  /** Whether the user has been shown a matter. Waits for what is being brought up. */
  async seen(): Promise<(id: string) => boolean> {
    await this.#opening.idle();
    return (id) => this.#seen.has(id);
  }

  #show(tabId: number, isFirst: boolean): void {
    if (this.#newIn(tabId).length === 0) return;
    this.#opening.run(() => this.#bringUp(tabId, isFirst)).catch(console.error);
  }

  async #bringUp(tabId: number, isFirst: boolean): Promise<void> {
    const matters = this.#newIn(tabId);
    const isHere = await isBrowserInFront();
    if (matters.length === 0 || !(await open(tabId, isFirst))) return;
    for (const { id } of matters) {
      remember(this.#broughtUp, id);
      if (isHere) remember(this.#seen, id);
    }
  }

  #newIn(tabId: number): readonly Matter[] {
    return this.#matters.filter((one) => one.tabId === tabId && !this.#broughtUp.has(one.id));
  }
}

/** Adds an id to those that are remembered, and forgets the oldest beyond their number. */
function remember(ids: Set<string>, id: string): void {
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > REMEMBERED && oldest !== undefined) ids.delete(oldest);
}

/** Whether the user sees the purse: its popup is open, or its window for questions has the focus. */
export async function isPurseSeen(): Promise<boolean> {
  const shown = await openContext();
  if (shown === undefined) return false;
  if (shown.contextType === chrome.runtime.ContextType.POPUP) return true;
  return (await chrome.windows.get(shown.windowId).catch(() => undefined))?.focused === true;
}

/** Whether a window of the browser has the focus, and not another program. */
const isBrowserInFront = async (): Promise<boolean> =>
  (await chrome.windows.getLastFocused().catch(() => undefined))?.focused === true;

/**
 * Opens the purse over a tab, unless it is open already. Returns whether it is: over a tab in the background it never is.
 *
 * @param isFirst whether nothing waited before: a window that still shows an earlier payment comes to the front
 */
async function open(tabId: number, isFirst: boolean): Promise<boolean> {
  const tab = await chrome.tabs.get(tabId).catch(() => undefined);
  if (tab?.active !== true) return false;
  const shown = await openContext();
  if (shown !== undefined) {
    if (isFirst && shown.contextType === chrome.runtime.ContextType.TAB)
      await chrome.windows.update(shown.windowId, { focused: true });
    return true;
  }
  try {
    await chrome.action.openPopup({ windowId: tab.windowId });
  } catch {
    // The popup cannot open over a minimised or unfocused window; a window of the extension can.
    await chrome.windows.create({ url: APPROVE_PAGE, type: 'popup', width: 400, height: 640, focused: true });
  }
  return true;
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
