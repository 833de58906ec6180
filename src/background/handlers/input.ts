import { Fault } from '../../fault.ts';
import { parseRaw, type Raw } from '../../nano/amount.ts';
import { readWebUrl, type Site, siteOf } from '../../site.ts';

/** A limit in raw; null for none. @throws Fault `fault_badAmount` */
export const limitOf = (text: string | null): Raw | null => (text === null ? null : parseRaw(text));

/** The site of a web URL. @throws Fault `fault_badSite` for a text that is no web URL */
export function siteIn(url: string): Site {
  if (readWebUrl(url) === undefined) throw new Fault('fault_badSite', [url]);
  return siteOf(url);
}
