/**
 * The URL as it goes to the server. The browser reports it with its fragment and with the name and password that may
 * stand before its host: both are for the browser alone, the purse neither shows nor keeps them.
 */
export function bareUrl(url: string): string {
  return withoutFragment(url).replace(/^(https?:\/\/)[^/?@]*@/, '$1');
}

export function withoutFragment(url: string): string {
  const hash = url.indexOf('#');
  return hash === -1 ? url : url.slice(0, hash);
}

/** The fragment of a URL with its sign; empty for a URL without one. */
export function fragmentOf(url: string): string {
  return url.slice(withoutFragment(url).length);
}

/** The origin of a URL; null for what has none (`about:blank`, `data:`, sandboxed documents). */
export function originOf(url: string | undefined): string | null {
  if (url === undefined || !URL.canParse(url)) return null;
  const { origin } = new URL(url);
  return origin === 'null' ? null : origin;
}

/** The browser's word for the origin of a document that has none to tell. */
export const OPAQUE = 'null';
