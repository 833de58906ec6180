import type { Delivery } from '../challenge.ts';
import { deferred } from './deferred.ts';
import { PROOF_HEADER, type Target } from './proof-rule.ts';
import { bareUrl } from './sighting.ts';
import { headerOf } from './watch.ts';

/** How long a server may take to answer a request that carries a proof (ms). */
const ANSWER_WITHIN = 30_000;

/** Waiting for the answer of the one request that carries a proof. */
export interface AwaitedAnswer {
  /** Resolved when the proof has gone out: nothing that comes later may carry it. */
  readonly carried: Promise<void>;
  readonly delivery: Promise<Delivery>;
  /** Stops waiting: nothing will go out any more. */
  giveUp(reason: 'gone' | 'timeout'): void;
}

/**
 * Listens for the request that carries `proof` to `target` and for its answer, through redirects to the final one.
 *
 * @param carryWithin how long the request may take to come (ms).
 */
export function awaitAnswer(target: Target, proof: string, carryWithin: number): AwaitedAnswer {
  const { webRequest, tabs } = chrome;
  const filter = { urls: ['http://*/*', 'https://*/*'], types: [target.kind], tabId: target.tabId };
  const carried = deferred<void>();
  const delivery = deferred<Delivery>();
  let carrier: string | null = null;
  let paymentResponse: string | null = null;

  const end = (outcome: Delivery) => {
    clearTimeout(deadline);
    webRequest.onSendHeaders.removeListener(sent);
    webRequest.onHeadersReceived.removeListener(received);
    webRequest.onErrorOccurred.removeListener(failed);
    tabs.onRemoved.removeListener(closed);
    delivery.resolve(outcome);
  };
  const giveUp = (reason: 'gone' | 'timeout') => end({ kind: 'unanswered', reason });
  let deadline = setTimeout(giveUp, carryWithin, 'timeout');

  const sent = (details: chrome.webRequest.OnSendHeadersDetails) => {
    const { requestId, requestHeaders, url, method } = details;
    if (carrier !== null || method !== target.method || bareUrl(url) !== target.url) return;
    if (headerOf(requestHeaders, PROOF_HEADER) !== proof) return;
    carrier = requestId;
    clearTimeout(deadline);
    deadline = setTimeout(giveUp, ANSWER_WITHIN, 'timeout');
    carried.resolve();
  };
  const received = (details: chrome.webRequest.OnHeadersReceivedDetails) => {
    const { requestId, statusCode: status, responseHeaders } = details;
    if (requestId !== carrier) return undefined;
    paymentResponse = headerOf(responseHeaders, 'payment-response') ?? paymentResponse;
    if (isRedirect(status) && headerOf(responseHeaders, 'location') !== null) return undefined;
    const paymentRequired = headerOf(responseHeaders, 'payment-required');
    end({ kind: 'answered', status, paymentResponse, paymentRequired });
    return undefined;
  };
  const failed = ({ requestId, error }: chrome.webRequest.OnErrorOccurredDetails) => {
    if (requestId !== carrier) return;
    end({ kind: 'unanswered', reason: error === 'net::ERR_ABORTED' ? 'gone' : 'network' });
  };
  const closed = (tabId: number) => {
    if (tabId === target.tabId) giveUp('gone');
  };

  webRequest.onSendHeaders.addListener(sent, filter, ['requestHeaders', 'extraHeaders']);
  webRequest.onHeadersReceived.addListener(received, filter, ['responseHeaders', 'extraHeaders']);
  webRequest.onErrorOccurred.addListener(failed, filter);
  tabs.onRemoved.addListener(closed);
  return { carried: carried.promise, delivery: delivery.promise, giveUp };
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}
