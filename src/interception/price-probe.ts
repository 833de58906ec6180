import type { Challenge } from './challenge.ts';
import { type Price, plainPriceIn, withBody } from './price.ts';
import { serverDateOf } from './server-date.ts';
import { originOf } from './urls.ts';

/** The price that a server tells a program, as opposed to a browser. */
export type PriceProbe = {
  /** The body of a 402 without PAYMENT-REQUIRED, cut at `MOST` bytes. Another protocol may have its price there. */
  readonly bodyText?: string;
} & (
  | { readonly price: null }
  | {
      readonly price: Price;
      /** When the response with the price arrived. */
      readonly arrival: Pick<Challenge, 'seenAt' | 'serverDate'>;
    }
);

export const NO_PRICE: PriceProbe = { price: null };

/** How long the server may take to answer a program (ms). */
const WITHIN = 5000;
/** How much of its answer is read (bytes). */
const MOST = 64 * 1024;

/** Whether a 402 of this Content-Type is a page for people. Some servers send browsers such a page without a price. */
export function showsPage(contentType: string | null): boolean {
  return /^\s*text\/html\s*(;|$)/i.test(contentType ?? '');
}

/** The parts of a challenge that tell who caused its request. */
export type RequestCause = Pick<
  Challenge,
  'kind' | 'url' | 'initiator' | 'redirectedBy' | 'topOrigin' | 'ancestors' | 'isPrivate' | 'startedBy'
>;

/**
 * Whether the purse's own request for what a page asked for carries cookies. Never for a private window: the purse's
 * requests have the cookies of ordinary windows. Else only where the user or the site itself caused the page's request,
 * and nothing else took part in it: no other site as initiator, page, frame or redirect, and no extension. The purse's
 * request has `Sec-Fetch-Site: none` and SameSite=Strict cookies, which servers take as a sign that the user acted.
 */
export function credentialsFor(cause: RequestCause): 'include' | 'omit' {
  return !cause.isPrivate && isCausedBySite(cause) ? 'include' : 'omit';
}

function isCausedBySite(cause: RequestCause): boolean {
  const { kind, url, initiator, redirectedBy, topOrigin, ancestors = [], startedBy = 'outside' } = cause;
  const site = originOf(url);
  const isSites = (origin: string | null) => origin === site;
  if (redirectedBy !== undefined || !isSites(topOrigin) || !ancestors.every(isSites)) return false;
  if (kind !== 'main_frame') return isSites(initiator);
  return startedBy !== 'outside' && (initiator === null || isSites(initiator));
}

/** Whether a document is one that its user opened, or that the browser brought back for them. */
export function isOpenedByUser({ kind, startedBy }: Pick<RequestCause, 'kind' | 'startedBy'>): boolean {
  return kind === 'main_frame' && (startedBy === 'user' || startedBy === 'browser');
}

/**
 * Asks for the price once more, as a program would: x402 servers up to core 2.10 answer requests for HTML with a page
 * that has no price in its headers (docs/WIRE.md §1.1), and an offer may be too old to pay. Nothing is sent but a GET, with
 * the user's cookies only where the user or the site caused the request that got the 402. No redirect is followed. A
 * request that fails returns `NO_PRICE`.
 */
export async function probePrice(cause: RequestCause): Promise<PriceProbe> {
  try {
    const response = await fetch(cause.url, {
      headers: { Accept: 'application/json' },
      credentials: credentialsFor(cause),
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(WITHIN),
    });
    const { status, headers } = response;
    const serverDate = serverDateOf({ date: headers.get('date'), age: headers.get('age') });
    const arrival = { seenAt: Date.now(), ...(serverDate !== undefined && { serverDate }) };
    const required = status === 402 ? headers.get('payment-required') : null;
    if (status === 402 && required === null) {
      const bodyText = await readStart(response);
      const plain = plainPriceIn([...headers].map(([name, value]) => ({ name, value })));
      return plain === null
        ? { price: null, bodyText }
        : { price: withBody(plain, bodyText), bodyText, arrival };
    }
    await response.body?.cancel();
    return required === null ? NO_PRICE : { price: required, arrival };
  } catch {
    return NO_PRICE;
  }
}

/** The first bytes of a body, as text. */
export async function readStart({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  let text = '';
  for (let left = MOST; left > 0 && reader !== undefined; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
  }
  await reader?.cancel();
  return text;
}
