/** A site's origin, cut where the eye should fall. */
export interface ShownSite {
  /** `http:` or `https:`; empty for an opaque origin. */
  readonly scheme: string;
  /** Whatever anybody may put before the name that was registered. */
  readonly start: string;
  /** The end of the host, which alone says whose it is, with the port. */
  readonly end: string;
}

/** A URL in two: where it goes, and what is asked for there. */
export interface ShownUrl {
  /** The origin, without the user name that may stand before it in the URL, and its host no longer than a line or two. */
  readonly where: string;
  /** Path and query. */
  readonly what: string;
}

/** Names under which anybody may have a name of their own, so that it takes one more to say whose it is. */
const SHARED = new Set(
  `appspot.com azurewebsites.net blogspot.com cloudfront.net deno.dev firebaseapp.com fly.dev github.io gitlab.io
  glitch.me herokuapp.com myshopify.com neocities.org netlify.app onrender.com pages.dev replit.app surge.sh vercel.app
  web.app wixsite.com wordpress.com workers.dev`.split(/\s+/),
);

/**
 * Cuts an origin into the part that proves nothing and the end that says whose site it is. The host stays in ASCII,
 * punycode included, as the URL standard writes it. The purse carries no list of public suffixes, so the end may hold
 * a name too many; the start is never hidden, only quieter.
 */
export function shownSite(origin: string): ShownSite {
  if (!URL.canParse(origin)) return { scheme: '', start: '', end: origin };
  const { protocol, hostname, port } = new URL(origin);
  const end = registrableEnd(hostname);
  return {
    scheme: protocol,
    start: hostname.slice(0, hostname.length - end.length),
    end: port === '' ? end : `${end}:${port}`,
  };
}

/** Cuts a URL so that no user name passes for its host, and no length of the host hides its end. */
export function shownUrl(url: string): ShownUrl {
  if (!URL.canParse(url)) return { where: '', what: url };
  const { origin, pathname, search } = new URL(url);
  const { scheme, start, end } = shownSite(origin);
  return { where: `${scheme}//${shortStart(start)}${end}`, what: pathname + search };
}

/**
 * The last two names of a host; three where the last two look like a public suffix (`co.uk`, `com.au`) or are known to
 * be one (`github.io`). A dot at the very end, which makes it another site for the browser, stays.
 */
function registrableEnd(hostname: string): string {
  if (hostname.startsWith('[') || /^[0-9.]+$/.test(hostname)) return hostname;
  const dot = hostname.endsWith('.') ? '.' : '';
  const names = hostname.slice(0, hostname.length - dot.length).split('.');
  const [second = '', last = ''] = names.slice(-2);
  const isSuffix = (last.length === 2 && second.length <= 4) || SHARED.has(`${second}.${last}`);
  return names.slice(isSuffix ? -3 : -2).join('.') + dot;
}

const MOST_START = 48;

/** The start of a long host by its own two ends, so that no length of it can push the end out of sight. */
export function shortStart(start: string): string {
  if (start.length <= MOST_START) return start;
  return `${start.slice(0, MOST_START / 2)}…${start.slice(-MOST_START / 2)}`;
}
