import { readWebUrl, type Site, siteOf } from '../site.ts';
import type { Challenge } from './challenge.ts';
import { OPAQUE } from './urls.ts';

/**
 * The origins that took part in a request, the nearest to it first: the last other site that redirected it, its
 * initiator, the frames around the one that sent it, and the page in the tab. The text `null` stands for an opaque one.
 */
export function partiesIn({
  redirectedBy,
  initiator,
  ancestors = [],
  topOrigin,
}: Pick<Challenge, 'redirectedBy' | 'initiator' | 'ancestors' | 'topOrigin'>): readonly string[] {
  const parties = [redirectedBy, initiator, ...ancestors, topOrigin];
  return [...new Set(parties.filter((party) => party !== undefined && party !== null))];
}

/** The other sites that took part in a request for `site`, without opaque origins, the nearest first. */
export function askersOf(challenge: Parameters<typeof partiesIn>[0], site: string): readonly string[] {
  return partiesIn(challenge).filter((party) => party !== site && party !== OPAQUE);
}

/**
 * The site whose script sent a request: the origin of its document or worker, as the network layer saw it. Null for a
 * request that no script sent, and where the origin names no site on the web. The site around a frame is another one: the
 * script in the frame reads the response.
 */
export function scriptSiteOf({ kind, initiator }: Pick<Challenge, 'kind' | 'initiator'>): Site | null {
  if (kind !== 'xmlhttprequest' || initiator === null) return null;
  const url = readWebUrl(initiator);
  return url === undefined ? null : siteOf(url.href);
}
