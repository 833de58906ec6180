import { type Deferred, deferred } from '../../concurrency.ts';
import { BoundedMap } from '../bounded-map.ts';
import type { Challenge } from '../challenge.ts';
import type { Proof } from '../headers.ts';
import type { BrowserNetwork } from '../network/browser-network.ts';
import type { ObservedRequest } from '../observed-request.ts';
import type { ResponseHolds } from '../response-holds.ts';
import { withProof } from './proof-headers.ts';
import { stayAwake } from './stay-awake.ts';

type Response = chrome.webRequest.BlockingResponse;
type Sent = chrome.webRequest.OnBeforeSendHeadersDetails;

/** How long a request that begins anew may take until its headers would go out (ms): 3 to 15 ms on an idle machine. */
const BEGINS_WITHIN = 10_000;
/** How long a tab has to be complete to count as stopped (ms). */
const STAYS_COMPLETE = 250;
/** How many requests that were let go are remembered. */
const REMEMBERED = 600;

/** A request whose response is held, and which may have begun anew since. */
interface HeldRequest {
  readonly challenge: Challenge;
  readonly url: string;
  /** Ends the hold of the response. */
  readonly end: (response: Response) => void;
  /** Whether the request begun anew is there; absent before `take`. */
  begun?: Deferred<boolean>;
  /** Sends the request begun anew; absent until it is there. */
  send?: (proof: Proof | null) => void;
}

/**
 * Holds responses in Firefox. A request that its page has given up is reported by Firefox only after its hold has ended; so
 * the hold ends by a redirect to the same URL before any money moves, and the request waits at its headers for its proof. One
 * that is gone, or refuses redirects, fails instead.
 */
export class FirefoxResponseHolds implements ResponseHolds {
  readonly #browser: Pick<BrowserNetwork, 'types'>;
  readonly #held = new Map<string, HeldRequest>();
  readonly #letGo = new BoundedMap<string, true>(REMEMBERED);
  #gone: (challengeId: string) => void = () => {};
  #sleep: () => void = () => {};

  constructor(browser: Pick<BrowserNetwork, 'types'>) {
    this.#browser = browser;
  }

  listen(gone: (challengeId: string) => void): void {
    this.#gone = gone;
  }

  /** The requests of documents' scripts are held by these; what a document's worker asks for is loaded past the worker. */
  mayHold({ challenge, trait, route }: ObservedRequest): boolean {
    if (trait === 'navigation') return false;
    const isOfScript = challenge.kind === 'xmlhttprequest' && challenge.documentId !== null;
    return !isOfScript || trait !== undefined || route === null;
  }

  hold({ challenge }: ObservedRequest, url: string): Promise<Response> {
    return new Promise((end) => {
      if (this.#held.size === 0) this.#begin();
      this.#held.set(challenge.id, { challenge, url, end });
    });
  }

  has(challengeId: string): boolean {
    return this.#held.has(challengeId);
  }

  async take(challengeId: string): Promise<boolean> {
    const held = this.#held.get(challengeId);
    if (held === undefined) return false;
    if (held.begun === undefined) {
      held.begun = deferred();
      held.end({ redirectUrl: held.url });
    }
    const { promise, resolve } = held.begun;
    const late = setTimeout(resolve, BEGINS_WITHIN, false);
    const isThere = await promise;
    clearTimeout(late);
    if (!isThere) this.letGo(challengeId);
    return isThere;
  }

  send(challengeId: string, proof: Proof): boolean {
    const held = this.#held.get(challengeId);
    if (held?.send === undefined) return false;
    this.#forget(challengeId);
    held.send(proof);
    return true;
  }

  letGo(challengeId: string): void {
    const held = this.#held.get(challengeId);
    if (held === undefined) return;
    this.#forget(challengeId);
    if (held.begun === undefined) {
      held.end({});
      return;
    }
    this.#letGo.set(held.challenge.requestId, true);
    held.begun.resolve(false);
    held.send?.(null);
  }

  isLetGo(requestId: string): boolean {
    return this.#letGo.get(requestId) === true;
  }

  #forget(challengeId: string): void {
    this.#held.delete(challengeId);
    if (this.#held.size === 0) this.#end();
  }

  #begin(): void {
    const { webRequest, webNavigation, tabs } = chrome;
    const filter = { urls: ['http://*/*', 'https://*/*'], types: this.#browser.types };
    // Firefox takes a promise, which the types of Chromium's API do not know.
    const sends = this.#sends as (details: Sent) => undefined;
    webRequest.onBeforeSendHeaders.addListener(sends, filter, ['blocking', 'requestHeaders']);
    webRequest.onErrorOccurred.addListener(this.#failed, filter);
    webNavigation.onBeforeNavigate.addListener(this.#navigates);
    tabs.onUpdated.addListener(this.#updated);
    this.#sleep = stayAwake();
  }

  #end(): void {
    const { webRequest, webNavigation, tabs } = chrome;
    webRequest.onBeforeSendHeaders.removeListener(this.#sends as (details: Sent) => undefined);
    webRequest.onErrorOccurred.removeListener(this.#failed);
    webNavigation.onBeforeNavigate.removeListener(this.#navigates);
    tabs.onUpdated.removeListener(this.#updated);
    this.#sleep();
  }

  #byRequest(requestId: string): HeldRequest | undefined {
    return [...this.#held.values()].find(({ challenge }) => challenge.requestId === requestId);
  }

  /** Reports the requests as gone that the predicate picks. */
  #lose(isLost: (held: HeldRequest) => boolean): void {
    for (const held of [...this.#held.values()]) {
      if (!isLost(held)) continue;
      this.letGo(held.challenge.id);
      this.#gone(held.challenge.id);
    }
  }

  readonly #sends = ({ requestId, requestHeaders }: Sent): Promise<Response> | undefined => {
    const held = this.#byRequest(requestId);
    if (held?.begun === undefined) return undefined;
    const { begun } = held;
    return new Promise((resolve) => {
      held.send = (proof) =>
        resolve(proof === null ? {} : { requestHeaders: withProof(requestHeaders, proof) });
      begun.resolve(true);
    });
  };

  readonly #failed = ({ requestId }: chrome.webRequest.OnErrorOccurredDetails): void =>
    this.#lose(({ challenge }) => challenge.requestId === requestId);

  /** A tab that begins to load another document no longer waits for the one that is held. */
  readonly #navigates = ({
    tabId,
    frameId,
    timeStamp,
  }: chrome.webNavigation.WebNavigationBaseCallbackDetails & { readonly frameId: number }): void =>
    this.#lose(
      ({ challenge, begun }) =>
        begun === undefined &&
        challenge.tabId === tabId &&
        challenge.frameId === frameId &&
        (challenge.kind === 'main_frame' || challenge.kind === 'sub_frame') &&
        challenge.seenAt < timeStamp,
    );

  /**
   * The user has stopped a tab that was loading the document which is held. A tab that has just been opened is complete for a
   * moment, too.
   */
  readonly #updated = (tabId: number, { status }: { readonly status?: string }): void => {
    const isHeld = ({ challenge }: HeldRequest) =>
      challenge.tabId === tabId && challenge.kind === 'main_frame';
    if (status !== 'complete' || ![...this.#held.values()].some(isHeld)) return;
    setTimeout(async () => {
      const tab = await chrome.tabs.get(tabId).catch(() => undefined);
      if (tab?.status === 'complete') this.#lose((held) => isHeld(held) && held.begun === undefined);
    }, STAYS_COMPLETE);
  };
}
