import type { Challenge } from '../interception/challenge.ts';
import { siteOf } from '../site.ts';

/** Stands for an opaque origin. Two opaque origins never count as the same. */
const OPAQUE = 'null';

/**
 * Whether a request may get what another request paid for (invariant 11). Each origin that takes part in the request must
 * have taken part in the paid one, or be the site that was paid. Both requests come from private windows, or neither does,
 * and in Firefox from the same container.
 * Otherwise a second site could read or use up a purchase from the first one, or learn that a private and an ordinary
 * window belong to one user.
 */
export function mayGet(request: Challenge, paid: Challenge): boolean {
  if (request.id === paid.id) return true;
  if (request.isPrivate !== paid.isPrivate || request.cookieStore !== paid.cookieStore) return false;
  const known = new Set(originsIn(paid));
  known.add(siteOf(request.url));
  known.delete(OPAQUE);
  const origins = isOfSameDocument(request, paid) ? redirectorOf(request) : originsIn(request);
  return origins.every((origin) => known.has(origin));
}

/** The origins that took part in a request, opaque ones included. */
function originsIn(request: Challenge): readonly string[] {
  const { initiator, topOrigin, ancestors = [], fromServiceWorker, documentId } = request;
  const isPageUnknown = fromServiceWorker === true && documentId === null;
  return [
    ...redirectorOf(request),
    ...(initiator === null ? [] : [initiator]),
    // Of a service worker without a page only its own origin is known: the initiator.
    ...(isPageUnknown ? [] : [topOrigin ?? OPAQUE]),
    ...ancestors,
  ];
}

function redirectorOf({ redirectedBy }: Challenge): readonly string[] {
  return redirectedBy === undefined ? [] : [redirectedBy];
}

/** Whether two requests come from one document. The origins around them are then the same, opaque ones too. */
function isOfSameDocument(request: Challenge, paid: Challenge): boolean {
  return request.documentId !== null && request.documentId === paid.documentId;
}
