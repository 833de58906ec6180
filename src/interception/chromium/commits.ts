import { BoundedMap } from '../bounded-map.ts';
import type { Starter } from '../challenge.ts';
import type { Activation } from '../network/browser-network.ts';
import { bareUrl } from '../urls.ts';

type Committed = chrome.webNavigation.WebNavigationTransitionCallbackDetails;
export type Transition = Pick<Committed, 'transitionType' | 'transitionQualifiers'>;

/** How long a document may take from its response headers to its commit (ms): Chromium waits for bytes of its body. */
const COMMIT_WITHIN = 5_000;
/** Tabs whose last navigation is remembered. */
const TABS = 500;
/** The browser's error for a navigation that another one replaced. */
const ABORTED = 'net::ERR_ABORTED';

interface Waiting {
  readonly tabId: number;
  readonly url: string;
  readonly end: (transition: Transition | null) => void;
}

/**
 * Remembers the navigation that led each tab to its document. Chromium reports it when it commits the document: after the
 * response headers, and never where it shows an error page of its own.
 */
export class Commits {
  readonly #last = new BoundedMap<number, Committed>(TABS);
  readonly #waiting = new Set<Waiting>();

  /** Starts to listen; synchronous, so that the events may wake the worker. */
  listen(): void {
    chrome.webNavigation.onCommitted.addListener((details) => {
      if (!isTopDocument(details)) return;
      this.#last.set(details.tabId, details);
      this.#end(details, details);
    });
    chrome.webNavigation.onErrorOccurred.addListener((details) => {
      if (!isTopDocument(details) || details.error === ABORTED) return;
      this.#last.delete(details.tabId);
      this.#end(details, null);
    });
    chrome.tabs.onRemoved.addListener((tabId) => this.#last.delete(tabId));
  }

  /**
   * The navigation to the document of this URL whose headers came at `since` (ms since the epoch). Null when the
   * browser shows an error page of its own, or commits nothing within `COMMIT_WITHIN`.
   */
  of(tabId: number, url: string, since: number): Promise<Transition | null> {
    const last = this.#last.get(tabId);
    if (last !== undefined && last.timeStamp >= since && bareUrl(last.url) === url)
      return Promise.resolve(last);
    return new Promise((resolve) => {
      const end = (transition: Transition | null) => {
        clearTimeout(late);
        this.#waiting.delete(waiting);
        resolve(transition);
      };
      const late = setTimeout(end, COMMIT_WITHIN, null);
      const waiting = { tabId, url, end };
      this.#waiting.add(waiting);
    });
  }

  /**
   * Whether the page that a tab shows was brought back by the browser (see `isRepeat`); false when that is not known.
   */
  isRepeated(tabId: number): boolean {
    const last = this.#last.get(tabId);
    return last !== undefined && isRepeat(last);
  }

  #end(
    { tabId, url }: { readonly tabId: number; readonly url: string },
    transition: Transition | null,
  ): void {
    for (const waiting of this.#waiting) {
      if (waiting.tabId === tabId && waiting.url === bareUrl(url)) waiting.end(transition);
    }
  }
}

function isTopDocument({
  frameId,
  documentLifecycle,
}: {
  readonly frameId: number;
  readonly documentLifecycle: string;
}): boolean {
  return frameId === 0 && documentLifecycle === 'active';
}

/** Reloads, and navigations back and forward. Chromium reports restored, duplicated and discarded tabs as reloads. */
function isRepeat({ transitionType, transitionQualifiers }: Transition): boolean {
  return transitionType === 'reload' || transitionQualifiers.includes('forward_back');
}

/**
 * Who started the navigation to a document. A navigation without an initiator that was not typed counts as started from
 * outside the site: an extension's navigations are links without an initiator, with `Sec-Fetch-User` when they open a
 * window (Chromium 156).
 *
 * @param isLinked whether the request has an initiator, as those of links and forms do.
 */
export function starterOf(transition: Transition, activation: Activation, isLinked: boolean): Starter {
  if (isRepeat(transition)) return 'browser';
  if (transition.transitionQualifiers.includes('client_redirect')) return 'page';
  switch (transition.transitionType) {
    case 'typed':
      return activation === 'none' || isLinked ? 'outside' : 'user';
    case 'link':
    case 'form_submit':
      if (!isLinked) return 'outside';
      return activation === 'none' ? 'page' : 'user';
    default:
      return 'outside';
  }
}
