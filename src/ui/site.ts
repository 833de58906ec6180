import { signal } from '@preact/signals';

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

/** Options of `tldts`: sites of different people under one name, like `github.io`, count as different. */
const BY_OWNER = { allowPrivateDomains: true, extractHostname: false } as const;

/** Hosts of the same kind whose owners have not entered them in the list. */
const UNLISTED = new Set(
  `000webhostapp.com bandcamp.com edgeone.app ghost.io gitea.page glitch.me gumroad.com hashnode.dev itch.io loca.lt
  neocities.org sourceforge.io squarespace.com stackblitz.io strikingly.com substack.com tiiny.site tumblr.com
  weebly.com wordpress.com`.split(/\s+/),
);

/** Gives the part of a host that somebody registered; null where there is none, or no list to tell it by. */
const registered = signal<(hostname: string) => string | null>(() => null);

/** Loads the Public Suffix List, which is too large to be waited for. What shows a site then shows it anew. */
export async function loadPublicSuffixes(): Promise<void> {
  const { getDomain } = await import('tldts');
  registered.value = (hostname) => {
    const domain = getDomain(hostname, BY_OWNER);
    return domain !== null && UNLISTED.has(domain) ? withOneMore(hostname, domain) : domain;
  };
}

/** The end of a host that is one name longer than `domain`; null where nothing stands before it. */
function withOneMore(hostname: string, domain: string): string | null {
  const names = hostname
    .replace(/\.$/, '')
    .slice(0, -domain.length - 1)
    .split('.');
  const name = names.at(-1) ?? '';
  return name === '' ? null : `${name}.${domain}`;
}

/**
 * Cuts an origin into the part that proves nothing and the end that says whose site it is. The host stays in ASCII,
 * punycode included, as the URL standard writes it. Until the Public Suffix List is there, and for a host that is
 * itself a public suffix, the end is the whole host: never a part that is somebody else's.
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

/** The registered name at the end of a host. A dot at the very end, which makes it another site for the browser, stays. */
function registrableEnd(hostname: string): string {
  const dot = hostname.endsWith('.') ? '.' : '';
  const domain = registered.value(hostname);
  return domain !== null && hostname.endsWith(domain + dot) ? domain + dot : hostname;
}

const MOST_START = 48;

/** The start of a long host by its own two ends, so that no length of it can push the end out of sight. */
export function shortStart(start: string): string {
  if (start.length <= MOST_START) return start;
  return `${start.slice(0, MOST_START / 2)}…${start.slice(-MOST_START / 2)}`;
}
