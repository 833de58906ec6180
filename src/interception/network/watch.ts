import { BoundedMap } from '../bounded-map.ts';
import type { Challenge, RequestKind, Unpriced } from '../challenge.ts';
import { carriesProof, headerOf } from '../headers.ts';
import {
  NO_TAB,
  type ObservedRequest,
  redirectedBy,
  routeOf,
  type ScriptRequest,
} from '../observed-request.ts';
import { plainPriceIn, withBody } from '../price.ts';
import {
  isOpenedByUser,
  NO_PRICE,
  type PriceProbe,
  probePrice,
  type RequestCause,
  showsPage,
} from '../price-probe.ts';
import { bareUrl, OPAQUE, originOf, withoutFragment } from '../urls.ts';
import { viewOf } from '../view.ts';
import type { BrowserNetwork, NavigationHeaders, Received } from './browser-network.ts';
import { originsFrom } from './frames.ts';

/** What becomes of a response that the browser holds, once it is decided. */
export type HeldResponse = Promise<chrome.webRequest.BlockingResponse>;

/** Receives the 402 responses of the network layer. */
export interface Watcher {
  /**
   * A 402 that names a price. Returns what the browser waits for, where it holds the response.
   *
   * @param url its whole URL, with its fragment
   */
  priced(observed: ObservedRequest, url: string): { readonly held: HeldResponse } | undefined;
  /** A 402 that names a price, but whose payment could deliver nothing. */
  undeliverable(challenge: Challenge): void;
  /** A script's 402 without a price, or in response to a proof: no hold of it is awaited. */
  unpayable(request: ScriptRequest, askedMethod: string): void;
  /** A page or worker aborted its request, or may not read the answer, before that had come whole. */
  aborted(requestId: string): void;
  /** A 402 without a price that is not the response to a proof. */
  unpriced(response: Unpriced): void;
  /** Any response but those to a proof whose answer is awaited. */
  responded(details: Received): void;
  /** Whether this request carries a proof: no script holds its response. */
  isOwn(requestId: string): boolean;
  /** Whether this request was held before, and was let go without a proof. */
  isLetGo(requestId: string): boolean;
  /** Whether a server may be asked for its price. */
  mayProbePrice(): Promise<boolean>;
}

/** How many requests in flight are remembered. */
const REMEMBERED = 1000;

export interface NetworkWatch {
  /** Resolves once every 402 whose headers arrived until now was reported. */
  caughtUp(): Promise<unknown>;
}

/** Starts to listen to the network layer; synchronous, so that the events may wake the worker. */
export function watchNetwork(watcher: Watcher, browser: BrowserNetwork): NetworkWatch {
  const own = new URL(chrome.runtime.getURL('')).origin;
  const filter = { urls: ['http://*/*', 'https://*/*'], types: browser.types };
  const asked = new BoundedMap<string, { readonly url: string; readonly method: string }>(REMEMBERED);
  const aside = new BoundedMap<string, 'speculative' | 'proven'>(REMEMBERED);
  const passed = new BoundedMap<string, readonly string[]>(REMEMBERED);
  const traits = new BoundedMap<string, Trait>(REMEMBERED);
  const navigations = new BoundedMap<string, NavigationHeaders>(REMEMBERED);
  /** The 402s that are still being looked up before they are reported. */
  const underway = new Set<Promise<unknown>>();

  const received = async (details: Received): Promise<ReturnType<Watcher['priced']>> => {
    const { requestId, tabId, documentId } = details;
    const type = browser.kindOf(details.type);
    if (type === undefined || watcher.isLetGo(requestId)) return undefined;
    const initiator = browser.initiatorOf(details);
    if (details.method === 'OPTIONS' || originOf(initiator) === own) return undefined;
    const trait = traits.get(requestId);
    // Of workers without a tab only their own requests count, and of the kind `other` only downloads.
    if (tabId === NO_TAB ? type !== 'xmlhttprequest' : type === 'other' && trait !== 'download')
      return undefined;
    if (details.documentLifecycle === 'prerender' || aside.get(requestId) === 'speculative') return undefined;

    const request = {
      tabId,
      documentId: documentId ?? null,
      initiator: originOf(initiator),
      url: bareUrl(details.url),
    };
    const { url } = request;
    const start = asked.get(requestId) ?? { url, method: details.method };
    const required = headerOf(details.responseHeaders, 'payment-required');
    const plain = required === null ? plainPriceIn(details.responseHeaders) : null;
    const isProven = aside.get(requestId) === 'proven';
    const isPriced = required !== null || plain !== null;
    const isOver = type === 'xmlhttprequest' && (!isPriced || isProven);
    if (isOver && !watcher.isOwn(requestId)) watcher.unpayable(request, start.method);
    if (isProven) return undefined;
    const dated = browser.serverDateOf(details);
    const tab = tabId === NO_TAB ? undefined : await chrome.tabs.get(tabId).catch(() => undefined);
    const from = passed.get(requestId) ?? [];
    const sentBy = redirectedBy(from, url);
    const [ancestors, starter, serverDate] = await Promise.all([
      tabId === NO_TAB ? [] : originsFrom(tabId, details.parentFrameId),
      browser.startOf(details, navigations.get(requestId)),
      dated,
    ]);
    // The view is looked up last: the browser shows a document after its headers came.
    const view = tabId === NO_TAB ? null : await viewOf(tabId);
    const asker = {
      ...request,
      ...(sentBy !== null && { redirectedBy: sentBy }),
      initiator: initiator === OPAQUE ? OPAQUE : request.initiator,
      id: crypto.randomUUID(),
      requestId,
      frameId: frameOf({ ...details, type }),
      topOrigin: topOriginOf({ ...details, type }, request, tab),
      ...(ancestors.length > 0 && { ancestors }),
      ...(await browser.privateModeOf(details, tab)),
      ...(starter !== null && { startedBy: starter }),
      ...(view !== null && { view }),
      method: details.method,
      kind: type,
      ...(tabId === NO_TAB && { fromServiceWorker: true as const }),
    };
    const arrival = {
      seenAt: Math.round(details.timeStamp),
      ...(serverDate !== undefined && { serverDate }),
    };
    const probe: PriceProbe =
      required === null ? await priceForPrograms(asker, details, watcher) : { price: required, arrival };
    const { price, bodyText } = probe;
    const header = price ?? (plain && withBody(plain, bodyText));
    if (header === null) {
      const headers = details.responseHeaders ?? [];
      watcher.unpriced({ ...asker, ...arrival, headers, ...(bodyText !== undefined && { bodyText }) });
      return undefined;
    }
    const challenge = { ...asker, ...(probe.price === null ? arrival : probe.arrival), header };
    if (trait === 'part' || (trait === 'cors' && isHidden(details, initiator))) {
      watcher.undeliverable(challenge);
      return undefined;
    }
    const named = withoutFragment(details.url);
    const observed: ObservedRequest = {
      ...((trait === 'navigation' || trait === 'unseen' || trait === 'stream') && { trait }),
      challenge,
      asked: start,
      ...(named !== url && { urlWithUser: named }),
      parentFrameId: details.parentFrameId,
      ...(details.parentDocumentId !== undefined && { parentDocumentId: details.parentDocumentId }),
      route: routeOf(from, start.method, details.url, details.method),
    };
    return watcher.priced(observed, details.url);
  };

  browser.listen(filter);
  chrome.webRequest.onSendHeaders.addListener(
    ({ requestId, requestHeaders, tabId, type }) => {
      const trait = traitOf(type, tabId, requestHeaders);
      if (trait !== null) traits.set(requestId, trait);
      if (type === 'main_frame') navigations.set(requestId, navigationHeadersOf(requestHeaders));
      if (carriesProof(requestHeaders)) aside.set(requestId, 'proven');
      else if (headerOf(requestHeaders, 'sec-purpose') !== null) aside.set(requestId, 'speculative');
    },
    filter,
    ['requestHeaders', ...browser.extra],
  );
  chrome.webRequest.onBeforeRedirect.addListener((details) => {
    const { requestId, url, method } = details;
    if (asked.get(requestId) === undefined) asked.set(requestId, { url: bareUrl(url), method });
    if (!isUpgrade(details)) passed.set(requestId, [...(passed.get(requestId) ?? []), url]);
  }, filter);
  chrome.webRequest.onErrorOccurred.addListener(
    ({ requestId, error }) => {
      if (browser.aborts.has(error)) watcher.aborted(requestId);
    },
    { ...filter, types: ['xmlhttprequest'] },
  );
  const headersReceived = (details: Received): HeldResponse | undefined => {
    if (!watcher.isOwn(details.requestId)) watcher.responded(details);
    if (details.statusCode !== 402) return undefined;
    const one = received(details);
    underway.add(one);
    void one.finally(() => underway.delete(one)).catch(() => undefined);
    return browser.holdsResponses ? one.then((answer) => answer?.held ?? {}) : undefined;
  };
  chrome.webRequest.onHeadersReceived.addListener(
    // Firefox takes a promise, which the types of Chromium's API do not know.
    headersReceived as (details: Received) => undefined,
    filter,
    [...(browser.holdsResponses ? ['blocking' as const] : []), 'responseHeaders', ...browser.extra],
  );
  return { caughtUp: () => Promise.allSettled(underway) };
}

/**
 * What only the request's own headers tell: that a document is asked for through a worker (`navigation`), that no
 * script may see the answer's status (`unseen`, and `stream` of an EventSource) or only with the server's leave (`cors`), that it is a `download`, or
 * another `part` of a media file.
 */
type Trait = 'navigation' | 'unseen' | 'stream' | 'cors' | 'download' | 'part';

function traitOf(
  type: string,
  tabId: number,
  headers: readonly chrome.webRequest.HttpHeader[] | undefined,
): Trait | null {
  switch (type) {
    case 'xmlhttprequest': {
      const mode = headerOf(headers, 'sec-fetch-mode');
      // Firefox names the requests of a document through its site's worker so.
      if (mode === 'navigate' || (mode === 'same-origin' && tabId === NO_TAB)) return 'navigation';
      if (headerOf(headers, 'accept') === 'text/event-stream') return 'stream';
      return mode === 'no-cors' ? 'unseen' : headerOf(headers, 'origin') === null ? null : 'cors';
    }
    case 'media':
      return /^bytes=0*[1-9]/.test(headerOf(headers, 'range') ?? '') ? 'part' : null;
    case 'other':
      // All other requests of this kind accept certain content types only.
      return headerOf(headers, 'accept') === null ? 'download' : null;
    default:
      return null;
  }
}

function navigationHeadersOf(
  headers: readonly chrome.webRequest.HttpHeader[] | undefined,
): NavigationHeaders {
  const site = headerOf(headers, 'sec-fetch-site');
  const isByUser = headerOf(headers, 'sec-fetch-user') === '?1';
  return { site, activation: isByUser ? 'user' : site === null ? 'unknown' : 'none' };
}

/**
 * Whether the browser itself went from http to https (HSTS, HTTPS-First). No server was asked, so that nothing on the
 * network path had a say in it. Only what a server answered has an address or comes from the cache.
 */
function isUpgrade({ url, redirectUrl, ip, fromCache }: chrome.webRequest.OnBeforeRedirectDetails): boolean {
  return ip === undefined && !fromCache && redirectUrl === url.replace(/^http:/, 'https:');
}

/** Whether the page that asked may not read the answer, for want of the server's leave. */
function isHidden({ url, responseHeaders }: Received, source: string | undefined): boolean {
  const initiator = source === OPAQUE ? OPAQUE : originOf(source);
  const allowed = headerOf(responseHeaders, 'access-control-allow-origin');
  return initiator !== originOf(url) && allowed !== '*' && allowed !== initiator;
}

/**
 * The frame that asked. What a top document asks for before the browser has taken it in bears a frame id that is none
 * of the tab's; an embedded object bears one of its own, while the frame around it is the one that can ask again.
 */
export function frameOf({
  type,
  frameId,
  parentFrameId,
}: Pick<Received, 'frameId' | 'parentFrameId'> & { readonly type: string }): number {
  if (parentFrameId === -1) return 0;
  return type === 'object' ? parentFrameId : frameId;
}

/**
 * What a program is told of a document's price, where the browser was shown a page without it (docs/WIRE.md §1.1). Only of a
 * document that its user opened: the second request tells the server that there is a purse.
 */
async function priceForPrograms(
  cause: RequestCause,
  { method, responseHeaders }: Received,
  { mayProbePrice }: Pick<Watcher, 'mayProbePrice'>,
): Promise<PriceProbe> {
  const isPage = method === 'GET' && showsPage(headerOf(responseHeaders, 'content-type'));
  const may = isPage && isOpenedByUser(cause) && !cause.isPrivate && (await mayProbePrice());
  return may ? probePrice(cause) : NO_PRICE;
}

/**
 * What the top document itself asks for has its origin as initiator, and may come before the tab knows of the document.
 * By the time that frames in it ask, the tab does.
 */
function topOriginOf(
  details: Pick<Received, 'parentFrameId'> & { readonly type: RequestKind },
  { initiator, url, tabId }: ScriptRequest,
  tab: chrome.tabs.Tab | undefined,
): string | null {
  if (tabId === NO_TAB) return null;
  if (details.type === 'main_frame') return originOf(url);
  if (details.parentFrameId === -1 && initiator !== null) return initiator;
  return originOf(tab?.url);
}
