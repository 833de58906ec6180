/** A site's origin, cut where the eye should fall. */
export interface ShownSite {
  /** `http:` or `https:`; empty for an opaque origin. */
  readonly scheme: string;
  /** Whatever anybody may put before the name that was registered. */
  readonly start: string;
  /** The end of the host, which alone says whose it is, with the port. */
  readonly end: string;
}

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

/** The last two names of a host, three where the last two look like a public suffix (`co.uk`, `com.au`). */
function registrableEnd(hostname: string): string {
  if (hostname.startsWith('[') || /^[0-9.]+$/.test(hostname)) return hostname;
  const names = hostname.split('.');
  const [second = '', last = ''] = names.slice(-2);
  return names.slice(last.length === 2 && second.length <= 4 ? -3 : -2).join('.');
}

const MOST_START = 48;

/** The start of a long host by its own two ends, so that no length of it can push the end out of sight. */
export function shortStart(start: string): string {
  if (start.length <= MOST_START) return start;
  return `${start.slice(0, MOST_START / 2)}…${start.slice(-MOST_START / 2)}`;
}
