import type { Challenge } from '../interception/challenge.ts';
import { siteOf } from './payment.ts';

/** The hand of a document whose origin the browser does not tell: two of them are never known to be the same. */
const UNKNOWN = 'null';

/**
 * Whether a request may get what another one paid for (invariant 11): no origin has a hand in it that had none in the
 * paid one, and both come from private windows or neither does. Otherwise a second site could read, or use up, what the
 * user bought on a first one, or see that two windows have one user.
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

/** The origins that have a hand in a request; none for an address that the user typed. */
function handsIn(request: Challenge): readonly string[] {
  const { initiator, topOrigin, ancestors = [], ofWorker, documentId } = request;
  const isPageUnknown = ofWorker === true && documentId === null;
  return [
    ...redirectorOf(request),
    ...(initiator === null ? [] : [initiator]),
    // A worker that belongs to no page is known by its own origin, which started the request.
    ...(isPageUnknown ? [] : [topOrigin ?? UNKNOWN]),
    ...ancestors,
  ];
}

function redirectorOf({ redirectedBy }: Challenge): readonly string[] {
  return redirectedBy === undefined ? [] : [redirectedBy];
}

/** What one document asks for twice has the same origins around it, even where the browser tells none of them. */
function isOfSameDocument(request: Challenge, paid: Challenge): boolean {
  return request.documentId !== null && request.documentId === paid.documentId;
}
