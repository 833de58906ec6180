declare const site: unique symbol;

/** The origin that asks for money and gets the proof: whom a budget is for. */
export type Site = string & { readonly [site]: true };

/** The site of a URL: its origin. */
export function siteOf(url: string): Site {
  return new URL(url).origin as Site;
}

/** Reads an http or https URL; undefined for any other text. A relative one is read against `base`. */
export function readWebUrl(text: string, base?: string): URL | undefined {
  if (!URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
}

/** Reads the site that a person typed, with or without `https://`; undefined for a text that is no web URL. */
export function readTypedSite(text: string): Site | undefined {
  const typed = text.trim();
  const url = readWebUrl(typed.includes('://') ? typed : `https://${typed}`);
  return url && siteOf(url.href);
}
