import type { Challenge } from '../../interception/challenge.ts';
import type { Site } from '../../site.ts';

/** The other site that had a part in the request: the page in the tab, a frame in it, a redirect, or the initiator. */
export function askerOf(
  {
    topOrigin,
    ancestors = [],
    redirectedBy,
    initiator,
  }: Pick<Challenge, 'topOrigin' | 'ancestors' | 'redirectedBy' | 'initiator'>,
  site: Site,
): string | null {
  const involved = [topOrigin, ...ancestors.toReversed(), redirectedBy ?? null, initiator];
  return involved.find((one) => one !== null && one !== site) ?? null;
}
