import type { Challenge } from '../interception/challenge.ts';
import { siteOf } from '../site.ts';

/** Stands for an opaque origin. Whether two of them are the same is never known. */
const UNKNOWN = 'null';

/**
 * Whether a request may get what another one paid for (invariant 11). Every origin that took part in the request must
 * have taken part in the paid one, or be the site that was paid; and both come from private windows, or neither does.
 * Otherwise a second site could read, or use up, what the user bought on a first one, or learn that a private window
 * and an ordinary one have the same user.
 */
export function mayGet(request: Challenge, paid: Challenge): boolean {
  if (request.id === paid.id) return true;
  if (request.isPrivate !== paid.isPrivate) return false;
  const known = new Set(handsIn(paid));
  known.add(siteOf(request.url));
  known.delete(UNKNOWN);
  const hands = isOfSameDocument(request, paid) ? redirectorOf(request) : handsIn(request);
  return hands.every((hand) => known.has(hand));
}

/** The origins that took part in a request, opaque ones included. */
function handsIn(request: Challenge): readonly string[] {
  const { initiator, topOrigin, ancestors = [], ofWorker, documentId } = request;
  const isPageUnknown = ofWorker === true && documentId === null;
  return [
    ...redirectorOf(request),
    ...(initiator === null ? [] : [initiator]),
    // Of a worker without a page only its own origin is known: it is the initiator.
    ...(isPageUnknown ? [] : [topOrigin ?? UNKNOWN]),
    ...ancestors,
  ];
}

function redirectorOf({ redirectedBy }: Challenge): readonly string[] {
  return redirectedBy === undefined ? [] : [redirectedBy];
}

/** Two requests of one document have the same origins around them, opaque ones too. */
function isOfSameDocument(request: Challenge, paid: Challenge): boolean {
  return request.documentId !== null && request.documentId === paid.documentId;
}
