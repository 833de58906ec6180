declare const site: unique symbol;

/** The origin that asks for money and gets the proof: whom a budget is for. */
export type Site = string & { readonly [site]: true };

/** The site of a URL: its origin. */
export function siteOf(url: string): Site {
  return new URL(url).origin as Site;
}
