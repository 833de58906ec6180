import { headersOf, type Proof, proofHeaders } from '../headers.ts';
import type { BrowserNetwork } from '../network/browser-network.ts';
import { NO_TAB } from '../observed-request.ts';
import type { Disarm, ProofCarrier, Target } from '../proof-target.ts';
import { bareUrl, fragmentOf, originOf } from '../urls.ts';

type Headers = chrome.webRequest.HttpHeader[];
type Sent = chrome.webRequest.OnBeforeSendHeadersDetails;
/** What tells for which target a request is. */
type Request = Pick<
  chrome.webRequest.OnBeforeRequestDetails,
  'tabId' | 'type' | 'method' | 'url' | 'documentId' | 'initiator'
>;
type Change = (headers: Headers) => chrome.webRequest.BlockingResponse;

interface Armed {
  readonly target: Target;
  readonly change: Change;
}

/** What a request with a proof asks of the browser's cache. */
const PAST_CACHE = { name: 'Cache-Control', value: 'no-cache' };

/** The headers of a request with a proof on it. `Cache-Control: no-cache` takes it to the server even where the 402 was cacheable. */
export function withProof(headers: Headers = [], proof: Proof): Headers {
  const added = Object.entries(headersOf(proof)).map(([name, value]) => ({ name, value }));
  const replaced = new Set([...proofHeaders, ...[...added, PAST_CACHE].map(({ name }) => name)].map(lower));
  return [...headers.filter(({ name }) => !replaced.has(lower(name))), ...added, PAST_CACHE];
}

const lower = (name: string): string => name.toLowerCase();

/**
 * Changes the next request to a target in Firefox, which waits for a listener before it sends a request. Each change is used
 * once. What it adds does not follow a redirect. There are listeners only while a request is awaited.
 */
export class ProofHeaders implements ProofCarrier {
  readonly #browser: Pick<BrowserNetwork, 'types' | 'kindOf' | 'initiatorOf'>;
  readonly #proofs = new Set<Armed>();
  readonly #answers = new Set<Armed>();

  constructor(browser: Pick<BrowserNetwork, 'types' | 'kindOf' | 'initiatorOf'>) {
    this.#browser = browser;
  }

  async arm(target: Target, proof: Proof): Promise<Disarm> {
    const armed = { target, change: (headers: Headers) => ({ requestHeaders: withProof(headers, proof) }) };
    if (this.#proofs.size === 0) {
      const info = ['blocking' as const, 'requestHeaders' as const];
      chrome.webRequest.onBeforeSendHeaders.addListener(this.#sends, this.#filter(), info);
    }
    this.#proofs.add(armed);
    return async () => {
      if (this.#proofs.delete(armed) && this.#proofs.size === 0)
        chrome.webRequest.onBeforeSendHeaders.removeListener(this.#sends);
    };
  }

  async answer(target: Target, data: string): Promise<Disarm> {
    const armed = { target, change: () => ({ redirectUrl: data }) };
    if (this.#answers.size === 0)
      chrome.webRequest.onBeforeRequest.addListener(this.#begins, this.#filter(), ['blocking']);
    this.#answers.add(armed);
    return async () => {
      if (this.#answers.delete(armed) && this.#answers.size === 0)
        chrome.webRequest.onBeforeRequest.removeListener(this.#begins);
    };
  }

  #filter(): chrome.webRequest.RequestFilter {
    return { urls: ['http://*/*', 'https://*/*'], types: this.#browser.types };
  }

  /** Uses the change that is meant for a request, if any. */
  #take(all: Set<Armed>, details: Request): Change | undefined {
    const armed = [...all].find(({ target }) => this.#isMeant(target, details));
    if (armed === undefined) return undefined;
    all.delete(armed);
    return armed.change;
  }

  #isMeant(target: Target, details: Request): boolean {
    const { tabId, type, method, url, documentId } = details;
    const isItsTab = tabId === target.tabId || (target.fromServiceWorker === true && tabId === NO_TAB);
    if (!isItsTab || this.#browser.kindOf(type) !== target.kind || method !== target.method) return false;
    if (bareUrl(url) !== bareUrl(target.url)) return false;
    if (target.documentId !== undefined && documentId !== target.documentId) return false;
    if (target.nonce !== undefined && fragmentOf(url) !== '' && !fragmentOf(url).endsWith(target.nonce))
      return false;
    if (target.initiators === null) return true;
    const starter = originOf(this.#browser.initiatorOf(details));
    return starter === null
      ? target.kind === 'sub_frame'
      : target.initiators.includes(new URL(starter).hostname);
  }

  readonly #sends = (details: Sent): chrome.webRequest.BlockingResponse | undefined =>
    this.#take(this.#proofs, details)?.(details.requestHeaders ?? []);

  readonly #begins = (
    details: chrome.webRequest.OnBeforeRequestDetails,
  ): chrome.webRequest.BlockingResponse | undefined => this.#take(this.#answers, details)?.([]);
}
