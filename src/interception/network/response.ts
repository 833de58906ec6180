import { deferred } from '../../concurrency.ts';
import { answerHeaders } from '../answer-headers.ts';
import type { BodyEnd, DeliveryOutcome, Unanswered } from '../challenge.ts';
import { headerOf, type Proof } from '../headers.ts';
import { NO_TAB, type ObservedRequest } from '../observed-request.ts';
import type { Target } from '../proof-target.ts';
import { bareUrl, withoutFragment } from '../urls.ts';
import type { BrowserNetwork } from './browser-network.ts';
import { isStranger } from './carrier.ts';

/** How long a server may take to answer a request that carries a proof (ms). */
const ANSWER_WITHIN = 30_000;
/** For how long the body of a response is followed (ms). Then it counts as complete: a page may stream for hours. */
const FOLLOWED_FOR = 10_000;

/** The response to the one request that carries a proof, while it is awaited. */
export interface AwaitedResponse {
  /** Resolves when the proof was sent: no later request may carry it. */
  readonly carried: Promise<void>;
  readonly delivery: Promise<DeliveryOutcome>;
  /** Stops waiting, because the request will not be sent any more. */
  giveUp(reason: 'gone' | 'timeout'): void;
}

/** Receives the network events for one awaited response. Each method returns whether the event belongs to it. */
interface Awaited {
  carriedBy(requestId: string): boolean;
  sent(details: chrome.webRequest.OnSendHeadersDetails): boolean;
  received(details: chrome.webRequest.OnHeadersReceivedDetails): boolean;
  completed(details: chrome.webRequest.OnCompletedDetails): boolean;
  failed(details: chrome.webRequest.OnErrorOccurredDetails): boolean;
  closed(tabId: number): void;
}

export interface ProofResponsePorts {
  /**
   * Called with each response to a request that carries a proof, redirects included.
   *
   * @param url the URL that responded, without its fragment
   */
  readonly responded: (observed: ObservedRequest, url: string, method: string, status: number) => void;
  readonly browser: Pick<BrowserNetwork, 'types' | 'extra' | 'kindOf' | 'initiatorOf' | 'aborted'>;
}

/**
 * Listens to the network for the responses to proofs. All of them share one set of listeners, which exists only while
 * one is awaited: adding and removing listeners costs the browser more than calling them.
 */
export class ProofResponses {
  readonly #ports: ProofResponsePorts;
  readonly #awaited = new Set<Awaited>();

  constructor(ports: ProofResponsePorts) {
    this.#ports = ports;
  }

  /**
   * Waits for the request that carries `proof` to `target` and for its final response, after redirects. The response to
   * a stranger's request is not awaited.
   *
   * @param carryWithin how long the request may take to come (ms).
   * @param held the browser's id of the request, where the browser holds it: no other can be meant.
   */
  await(
    observed: ObservedRequest,
    target: Target,
    proof: Proof,
    carryWithin: number,
    held?: string,
  ): AwaitedResponse {
    const { browser } = this.#ports;
    const carried = deferred<void>();
    const delivery = deferred<DeliveryOutcome>();
    const bodyEnd = deferred<BodyEnd>();
    /** For a font the browser first sends a request to its cache, which never leaves the machine. */
    const asksCacheFirst = target.kind === 'font';
    let carrier: string | null = null;
    let isAnswered = false;
    let paymentResponse: string | null = null;

    const end = (how: BodyEnd) => {
      clearTimeout(deadline);
      if (this.#awaited.delete(awaited) && this.#awaited.size === 0) this.#unlisten();
      bodyEnd.resolve(how);
    };
    const fail = (reason: Unanswered['reason']) => {
      delivery.resolve({ kind: 'unanswered', reason });
      end('complete');
    };
    let deadline = setTimeout(fail, carryWithin, 'timeout');

    const awaited: Awaited = {
      carriedBy: (requestId) => requestId === carrier,
      sent(details) {
        const { requestId, requestHeaders, url, method, tabId, type } = details;
        const isItsTab = tabId === target.tabId || (target.fromServiceWorker === true && tabId === NO_TAB);
        const isIts = isItsTab && browser.kindOf(type) === target.kind && method === target.method;
        if (carrier !== null || !isIts || bareUrl(url) !== target.url) return false;
        if (headerOf(requestHeaders, proof.header) !== proof.value) return false;
        if (held !== undefined && requestId !== held) return false;
        if (
          held === undefined &&
          isStranger(observed, { ...details, initiator: browser.initiatorOf(details) })
        ) {
          carried.resolve();
          fail('stranger');
          return true;
        }
        carrier = requestId;
        clearTimeout(deadline);
        deadline = setTimeout(fail, ANSWER_WITHIN, 'timeout');
        if (!asksCacheFirst) carried.resolve();
        return true;
      },
      received: ({ requestId, url, method, statusCode: status, responseHeaders }) => {
        if (requestId !== carrier) return false;
        carried.resolve();
        this.#ports.responded(observed, withoutFragment(url), method, status);
        paymentResponse = headerOf(responseHeaders, 'payment-response') ?? paymentResponse;
        if (isRedirect(status) && headerOf(responseHeaders, 'location') !== null) return true;
        isAnswered = true;
        clearTimeout(deadline);
        deadline = setTimeout(end, FOLLOWED_FOR, 'complete');
        const headers = answerHeaders((name) => headerOf(responseHeaders, name));
        delivery.resolve({ kind: 'answered', status, ...headers, paymentResponse, bodyEnd: bodyEnd.promise });
        return true;
      },
      completed({ requestId }) {
        if (requestId !== carrier) return false;
        end('complete');
        return true;
      },
      failed({ requestId, error }) {
        if (requestId !== carrier) return false;
        if (asksCacheFirst && error === 'net::ERR_CACHE_MISS') {
          carrier = null;
          return true;
        }
        const reason = error === browser.aborted ? 'gone' : 'network';
        if (!isAnswered) fail(reason);
        else end(reason === 'network' || isDocument(target) ? reason : 'complete');
        return true;
      },
      closed(tabId) {
        if (tabId !== target.tabId) return;
        if (isAnswered) end('gone');
        else fail('gone');
      },
    };
    if (this.#awaited.size === 0) this.#listen();
    this.#awaited.add(awaited);
    return { carried: carried.promise, delivery: delivery.promise, giveUp: fail };
  }

  /** Whether a request carries a proof whose answer is awaited. */
  isCarrier(requestId: string): boolean {
    return [...this.#awaited].some((awaited) => awaited.carriedBy(requestId));
  }

  #listen(): void {
    const { webRequest, tabs } = chrome;
    const { types, extra } = this.#ports.browser;
    const filter = { urls: ['http://*/*', 'https://*/*'], types };
    webRequest.onSendHeaders.addListener(this.#sent, filter, ['requestHeaders', ...extra]);
    webRequest.onHeadersReceived.addListener(this.#received, filter, ['responseHeaders', ...extra]);
    webRequest.onCompleted.addListener(this.#completed, filter);
    webRequest.onErrorOccurred.addListener(this.#failed, filter);
    tabs.onRemoved.addListener(this.#closed);
  }

  #unlisten(): void {
    const { webRequest, tabs } = chrome;
    webRequest.onSendHeaders.removeListener(this.#sent);
    webRequest.onHeadersReceived.removeListener(this.#received);
    webRequest.onCompleted.removeListener(this.#completed);
    webRequest.onErrorOccurred.removeListener(this.#failed);
    tabs.onRemoved.removeListener(this.#closed);
  }

  readonly #sent = (details: chrome.webRequest.OnSendHeadersDetails): void => {
    for (const awaited of this.#awaited) if (awaited.sent(details)) return;
  };
  readonly #received = (details: chrome.webRequest.OnHeadersReceivedDetails): undefined => {
    for (const awaited of this.#awaited) if (awaited.received(details)) return undefined;
    return undefined;
  };
  readonly #completed = (details: chrome.webRequest.OnCompletedDetails): void => {
    for (const awaited of this.#awaited) if (awaited.completed(details)) return;
  };
  readonly #failed = (details: chrome.webRequest.OnErrorOccurredDetails): void => {
    for (const awaited of this.#awaited) if (awaited.failed(details)) return;
  };
  readonly #closed = (tabId: number): void => {
    for (const awaited of [...this.#awaited]) awaited.closed(tabId);
  };
}

/** Whether the target is a document, which its user may leave or reload. */
export function isDocument({ kind }: Pick<Target, 'kind'>): boolean {
  return kind === 'main_frame' || kind === 'sub_frame';
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}
