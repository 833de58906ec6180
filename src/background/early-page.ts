import type { Challenge } from '../interception/challenge.ts';
import type { NetworkProfile } from '../nano/network.ts';
import { arrivalOf } from '../payments/arrival.ts';
import { offerIn } from '../payments/stages/classify.ts';
import { readWebUrl, type Site, siteOf } from '../site.ts';
import type { ToolbarButton } from './toolbar-button.ts';

/** Keeps the URL of a page while the browser runs. */
export interface EarlyPageStore {
  read(): Promise<string | null>;
  write(url: string): Promise<void>;
  remove(): Promise<void>;
}

export interface EarlyPagePorts {
  readonly store: EarlyPageStore;
  readonly button: Pick<ToolbarButton, 'tell'>;
  readonly network: () => Promise<NetworkProfile>;
  /** The time (ms since the epoch). */
  readonly now: () => number;
}

/**
 * The page that last asked for money before there was a purse: its tab's button leads to the set-up, which leads back to it.
 * Only its URL is remembered, in memory, and none of a private window (invariant 12).
 */
export class EarlyPage {
  readonly #ports: EarlyPagePorts;

  constructor(ports: EarlyPagePorts) {
    this.#ports = ports;
  }

  /** Notes the page of a 402. One that no purse could pay is left out. */
  async met(challenge: Challenge): Promise<void> {
    const { store, button } = this.#ports;
    const { tabId, isPrivate } = challenge;
    if (!(await this.#isPayable(challenge))) return;
    const url = await pageOf(challenge);
    if (url === undefined) return;
    if (!isPrivate) await store.write(url.href);
    await button.tell(tabId, { kind: 'early', site: url.origin });
  }

  /** Its site; null where no page is remembered. */
  async site(): Promise<Site | null> {
    const url = await this.#ports.store.read();
    return url === null ? null : siteOf(url);
  }

  /** Shows it again, so that it asks anew, and forgets it. Does nothing where none is remembered. */
  async open(): Promise<void> {
    const { store } = this.#ports;
    const url = await store.read();
    if (url === null) return;
    await store.remove();
    const tab = (await chrome.tabs.query({})).find((one) => one.url === url && !one.incognito);
    if (tab?.id === undefined) {
      await chrome.tabs.create({ url });
      return;
    }
    await chrome.tabs.reload(tab.id);
    await chrome.tabs.update(tab.id, { active: true });
    await chrome.windows.update(tab.windowId, { focused: true });
  }

  async #isPayable(challenge: Challenge): Promise<boolean> {
    const { id, thresholds } = await this.#ports.network();
    const offer = offerIn(challenge, {
      url: challenge.url,
      network: id,
      sendThreshold: thresholds.send,
      ...arrivalOf(challenge),
      now: this.#ports.now(),
      preference: [],
    });
    return typeof offer !== 'string';
  }
}

/** The page around a challenge: what its tab shows, or is about to show. */
async function pageOf({ kind, url, tabId }: Challenge): Promise<URL | undefined> {
  if (kind === 'main_frame') return readWebUrl(url);
  const tab = await chrome.tabs.get(tabId).catch(() => undefined);
  return tab?.url === undefined ? undefined : readWebUrl(tab.url);
}
