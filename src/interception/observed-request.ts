import { type Challenge, type RequestKind, requestKinds } from './challenge.ts';
import { fragmentOf, OPAQUE, originOf } from './urls.ts';

/** A 402 as the network layer saw it, with what it takes to make its request go again. */
export interface ObservedRequest {
  readonly challenge: Challenge;
  /** What the page asked for, before any redirect: elements and scripts know their request by these. */
  readonly asked: { readonly url: string; readonly method: string };
  /** The URL with the name and password before its host, where it has them: so the browser's rules know it. */
  readonly urlWithUser?: string;
  /** A document that was asked for through its site's worker; a request whose answer no script may see; an EventSource. */
  readonly trait?: 'navigation' | 'unseen' | 'stream';
  /** The frame around the one that asked; -1 for a main frame. */
  readonly parentFrameId: number;
  /** The document in that frame; absent for a main frame. */
  readonly parentDocumentId?: string;
  /** How a script sends its request again; null where only a load of its page can (see `routeOf`). */
  readonly route: Route | null;
}

/** To what URL a script sends its request again: to the same, or to the one where its redirects ended. */
export const routes = ['same', 'final'] as const;
export type Route = (typeof routes)[number];

/** The parts of a script's request that the network layer and its page both know. */
export type ScriptRequest = Pick<Challenge, 'tabId' | 'documentId' | 'initiator' | 'url'>;

/** The browser's tab id of a request that belongs to no tab. */
export const NO_TAB = -1;

/**
 * The keys by which a script's request is paired with its 402. The first key names the document. The network layer
 * attributes the requests of an `about:blank` frame to the document that made the frame, so that these can be paired
 * by their origin only: the second key, which an opaque origin has not. What a page's service worker passes on is
 * known by its origin alone.
 */
export function pairingKeys(request: ScriptRequest, askedMethod: string): readonly string[] {
  const { tabId, documentId, initiator, url } = request;
  const place = [tabId, wireMethod(askedMethod), url];
  const names = [documentId, initiator].map((who) => (who === null ? null : JSON.stringify([who, ...place])));
  return names.filter((name) => name !== null);
}

/** Whether the browser's resource type is one the purse pays for. */
export function isKind(type: string): type is RequestKind {
  return (requestKinds as readonly string[]).includes(type);
}

/**
 * The last origin among the URLs that a request was redirected from that is not the one it ended at; null when all are.
 * A site over http is not the same site as over https: any machine on the network path can answer for it.
 */
export function redirectedBy(passed: readonly string[], url: string): string | null {
  const self = originOf(url);
  const last = passed.findLast((from) => originOf(from) !== self);
  return last === undefined ? null : (originOf(last) ?? OPAQUE);
}

/**
 * To what URL a script must send its request again so that the fragment it is given reaches the URL that answered 402;
 * null where neither URL does. After redirects within one origin that is the final URL, since some redirects lead there
 * only once. Other redirects are followed again, since the browser chooses cookies and headers by origin and method;
 * the fragment is kept through redirects, unless one sets another.
 *
 * @param passed the URLs that the request was redirected from, with their fragments.
 * @param url the final URL, with its fragment.
 */
export function routeOf(
  passed: readonly string[],
  askedMethod: string,
  url: string,
  method: string,
): Route | null {
  const [first] = passed;
  if (first === undefined) return 'same';
  const isWithinOrigin = passed.every((from) => originOf(from) === originOf(url));
  if (isWithinOrigin && wireMethod(askedMethod) === method) return 'final';
  return fragmentOf(first) === fragmentOf(url) ? 'same' : null;
}

const normalized = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

/** The method as fetch puts it on the wire: XHR scripts may say `get`; `patch` stays what it is. */
export function wireMethod(method: string): string {
  const upper = method.toUpperCase();
  return normalized.has(upper) ? upper : method;
}
