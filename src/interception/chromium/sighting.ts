import { type Challenge, type RequestKind, requestKinds } from '../challenge.ts';

/** A 402 as the network layer saw it, with what it takes to make its request go again. */
export interface Sighting {
  readonly challenge: Challenge;
  /** What the page asked for, before any redirect: elements and scripts know their request by these. */
  readonly asked: { readonly url: string; readonly method: string };
  /** The URL with the name and password before its host, where it has them: so the browser's rules know it. */
  readonly urlWithUser?: string;
  /** A document that was asked for through its site's worker; or a request whose answer no script may see. */
  readonly trait?: 'navigation' | 'unseen';
  /** The frame around the one that asked; -1 for a main frame. */
  readonly parentFrameId: number;
}

/** By what the request of a script is known on both sides: where it comes from and where it goes. */
export type ScriptRequest = Pick<Challenge, 'tabId' | 'documentId' | 'initiator' | 'url'>;

/** The tab of what belongs to no tab. */
export const NO_TAB = -1;

/**
 * The names under which a script's request and its 402 meet. The first is that of the document. The network layer
 * attributes the requests of an `about:blank` frame to the document that made the frame, so that these can meet by
 * their origin only, the second name; what has no origin has no such name. What a page's service worker passes on is
 * known by its origin alone.
 */
export function meetingNames(request: ScriptRequest, askedMethod: string): readonly string[] {
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
 * The URL as it goes to the server. The browser reports it with its fragment and with the name and password that may
 * stand before its host: both are for the browser alone, the purse neither shows nor keeps them.
 */
export function bareUrl(url: string): string {
  return withoutFragment(url).replace(/^(https?:\/\/)[^/?@]*@/, '$1');
}

export function withoutFragment(url: string): string {
  const hash = url.indexOf('#');
  return hash === -1 ? url : url.slice(0, hash);
}

/** The origin of a URL; null for what has none (`about:blank`, `data:`, sandboxed documents). */
export function originOf(url: string | undefined): string | null {
  if (url === undefined || !URL.canParse(url)) return null;
  const { origin } = new URL(url);
  return origin === 'null' ? null : origin;
}

/** The browser's word for the origin of a document that has none to tell. */
export const OPAQUE = 'null';

/**
 * The last origin among the URLs that a request was redirected from that is not the one it ended at; null when all are.
 * A site that sends its visitors on from http to https is still itself.
 */
export function redirectedBy(passed: readonly string[], url: string): string | null {
  const self = originOf(url);
  const isOther = (from: string) =>
    originOf(from) !== self && originOf(from.replace(/^http:/, 'https:')) !== self;
  const last = passed.findLast(isOther);
  return last === undefined ? null : (originOf(last) ?? OPAQUE);
}

const normalized = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

/** The method as fetch puts it on the wire: XHR scripts may say `get`; `patch` stays what it is. */
export function wireMethod(method: string): string {
  const upper = method.toUpperCase();
  return normalized.has(upper) ? upper : method;
}
