import type { Exchanges } from '../exchanges/exchanges.ts';
import type { AbandonedRequests } from './abandoned-requests.ts';
import type { DocumentTitles } from './document-titles.ts';
import type { Sandbox } from './sandbox.ts';
import type { ToolbarButton } from './toolbar-button.ts';

export interface TabEventsPorts {
  readonly button: Pick<ToolbarButton, 'showTab'>;
  readonly sandbox: Sandbox;
  readonly exchanges: Pick<Exchanges, 'forget'>;
  readonly abandoned: AbandonedRequests;
  readonly titles: Pick<DocumentTitles, 'look'>;
}

/** Responds to what the browser reports of tabs. */
export class TabEvents {
  readonly #ports: TabEventsPorts;

  constructor(ports: TabEventsPorts) {
    this.#ports = ports;
  }

  /** The tab began or finished to load something. */
  async updated(tabId: number): Promise<void> {
    const { button, abandoned, titles } = this.#ports;
    // The browser clears the badge of a tab at each navigation.
    await button.showTab(tabId);
    await abandoned.withdraw(tabId);
    await titles.look(tabId);
  }

  /** The tab was closed. */
  async removed(tabId: number): Promise<void> {
    await Promise.all([this.updated(tabId), this.#forget(tabId)]);
  }

  /** A page of one tab opened another tab. */
  opened(from: number, to: number): Promise<void> {
    return this.#ports.sandbox.opened(from, to);
  }

  /** The browser gave the tab another id. */
  replaced(from: number, to: number): Promise<void> {
    return this.#ports.sandbox.moved(from, to);
  }

  /** A document of the tab was left: its frames no longer wait for their requests. */
  documentLeft(tabId: number): Promise<void> {
    return this.#ports.abandoned.withdraw(tabId);
  }

  async #forget(tabId: number): Promise<void> {
    const { sandbox, exchanges } = this.#ports;
    await sandbox.leave(tabId);
    await exchanges.forget(tabId);
  }
}
