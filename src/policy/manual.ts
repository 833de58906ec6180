import type { Challenge } from '../interception/challenge.ts';
import { scriptSiteOf } from '../interception/parties.ts';

/**
 * Whether the page of a request handles its 402 itself, since the user lets the pages of its site do so: its script gets the
 * response unchanged (docs/WIRE.md §7.26). Never true for documents, images and other elements: no script reads their 402.
 *
 * @param sites the origins of the sites whose pages handle their own 402s
 */
export function isManual(
  challenge: Pick<Challenge, 'kind' | 'initiator'>,
  sites: readonly string[],
): boolean {
  const site = scriptSiteOf(challenge);
  return site !== null && sites.includes(site);
}
