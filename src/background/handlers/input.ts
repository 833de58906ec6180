import { Fault } from '../../fault.ts';
import { parseRaw, type Raw } from '../../nano/amount.ts';
import { type Site, siteOf } from '../../site.ts';

/** A limit in raw; null for none. @throws Fault `fault_badAmount` */
export const limitOf = (text: string | null): Raw | null => (text === null ? null : parseRaw(text));

/**
 * The site of a web URL.
 *
 * @param typed what the user typed, where the URL was made from it
 * @throws Fault `fault_badSite` for a text that is no web URL
 */
export function siteIn(url: string, typed = url): Site {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Fault('fault_badSite', [typed]);
  return siteOf(url);
}
