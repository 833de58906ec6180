import type { Challenge } from './challenge.ts';

/** The hand of a document whose origin the browser does not tell. */
export const NAMELESS = 'null';

/**
 * The origins that had a hand in a request, the nearest to it first: who redirected it, who started it, the frames
 * around the one that asked, the page that the user sees. The text `null` stands for an opaque one.
 */
export function handsIn({
  redirectedBy,
  initiator,
  ancestors = [],
  topOrigin,
}: Pick<Challenge, 'redirectedBy' | 'initiator' | 'ancestors' | 'topOrigin'>): readonly string[] {
  const hands = [redirectedBy, initiator, ...ancestors, topOrigin];
  return [...new Set(hands.filter((hand) => hand !== undefined && hand !== null))];
}

/** Those of them that have a name and are another site than this one: who had it asked, the nearest first. */
export function askersOf(challenge: Parameters<typeof handsIn>[0], site: string): readonly string[] {
  return handsIn(challenge).filter((hand) => hand !== site && hand !== NAMELESS);
}
