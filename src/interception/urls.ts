/**
 * Returns the URL as it is sent to the server: without its fragment and without the name and password before its host.
 * The browser reports both, but the purse neither shows nor stores them.
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

/** The text by which browsers name an opaque origin. */
export const OPAQUE = 'null';
