import { type Challenge, isHeld } from '../interception/challenge.ts';
import { priceOf } from '../policy/decision.ts';
import type { Offer } from '../protocol/offer/offer.ts';

/**
 * Whether a newer challenge takes the place of an older one, which no page waits for any more: both are the same request
 * of the same frame, and the page was loaded again in between, or only a load of the page repeats the request.
 */
export function replaces(newer: Challenge, older: Challenge): boolean {
  const sameRequest =
    newer.tabId === older.tabId &&
    newer.frameId === older.frameId &&
    newer.method === older.method &&
    newer.url === older.url;
  const isNavigation = ['main_frame', 'sub_frame', 'object'].includes(newer.kind);
  const isOther = isNavigation || isLeftToNextLoad(newer, older) || newer.documentId !== older.documentId;
  return sameRequest && newer.id !== older.id && isOther;
}

/** Whether two challenges are the same request of one document, which holds the newer one, and holds or held the older one. */
export function repeats(newer: Challenge, older: Challenge): boolean {
  return (
    isHeld(newer) &&
    (isHeld(older) || older.givenBack === true) &&
    newer.id !== older.id &&
    newer.documentId !== null &&
    newer.documentId === older.documentId &&
    newer.method === older.method &&
    newer.url === older.url
  );
}

/**
 * Whether a repeated request buys the same thing. A request with a body may ask for something else, at another price:
 * its offer decides.
 */
export function isSamePurchase({ method }: Challenge, paid: Offer, offer: Offer | undefined): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  return (
    offer !== undefined &&
    offer.network === paid.network &&
    offer.mechanism === paid.mechanism &&
    priceOf(offer) === priceOf(paid)
  );
}

/** Whether only the next load of the page answers either request: the newer one does not tell that the older page is gone. */
export function isLeftToNextLoad(newer: Challenge, older: Challenge): boolean {
  return newer.userPart === 'load' && older.userPart === 'load' && newer.kind === older.kind;
}
