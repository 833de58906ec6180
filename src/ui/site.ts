import { signal } from '@preact/signals';

/** A site's origin in the parts that are shown differently. */
export interface ShownSite {
  /** `http:` or `https:`; empty for an opaque origin. */
  readonly scheme: string;
  /** The part of the host before the registered name. Anybody can choose it. */
  readonly start: string;
  /** The registered name at the end of the host, which alone tells the owner, with the port. */
  readonly end: string;
}

/** A URL in two parts: the server, and what is requested there. */
export interface ShownUrl {
  /** The origin without user name and password, with a long host shortened. */
  readonly where: string;
  /** Path and query. */
  readonly what: string;
}

/** Options of `tldts`: subdomains of a shared host such as `github.io` count as different owners. */
const BY_OWNER = { allowPrivateDomains: true, extractHostname: false } as const;

/** Shared hosts that are not in the Public Suffix List. */
const UNLISTED = new Set(
  `000webhostapp.com bandcamp.com edgeone.app ghost.io gitea.page glitch.me gumroad.com hashnode.dev itch.io loca.lt
  neocities.org sourceforge.io squarespace.com stackblitz.io strikingly.com substack.com tiiny.site tumblr.com
  weebly.com wordpress.com`.split(/\s+/),
);

/** Returns the registrable domain of a host; null where there is none, or while the list is not loaded. */
const registered = signal<(hostname: string) => string | null>(() => null);

/** Loads the Public Suffix List. Pages render without waiting for it, and render sites again when it is loaded. */
export async function loadPublicSuffixes(): Promise<void> {
  const { getDomain } = await import('tldts');
  registered.value = (hostname) => {
    const domain = getDomain(hostname, BY_OWNER);
    return domain !== null && UNLISTED.has(domain) ? withOneMore(hostname, domain) : domain;
  };
}

/** Returns `domain` with one more label of the host; null where the host has none. */
function withOneMore(hostname: string, domain: string): string | null {
  const names = hostname
    .replace(/\.$/, '')
    .slice(0, -domain.length - 1)
    .split('.');
  const name = names.at(-1) ?? '';
  return name === '' ? null : `${name}.${domain}`;
}

/**
 * Splits an origin into the part of the host that anybody can choose and the end that tells the owner. The host stays in
 * ASCII (punycode), as the URL standard serializes it. While the Public Suffix List is not loaded, and for a host that
 * is itself a public suffix, the end is the whole host: never only a part that belongs to another owner.
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

/** Splits a URL for display. A user name cannot pass for the host, and a long host cannot hide its end. */
export function shownUrl(url: string): ShownUrl {
  if (!URL.canParse(url)) return { where: '', what: url };
  const { origin, pathname, search } = new URL(url);
  const { scheme, start, end } = shownSite(origin);
  return { where: `${scheme}//${shortStart(start)}${end}`, what: pathname + search };
}

/** Returns the registered name at the end of a host. A trailing dot stays, because it makes another origin. */
function registrableEnd(hostname: string): string {
  const dot = hostname.endsWith('.') ? '.' : '';
  const domain = registered.value(hostname);
  return domain !== null && hostname.endsWith(domain + dot) ? domain + dot : hostname;
}

const MOST_START = 48;

/** Shortens the start of a long host in its middle, so that it cannot push the end out of sight. */
export function shortStart(start: string): string {
  if (start.length <= MOST_START) return start;
  return `${start.slice(0, MOST_START / 2)}…${start.slice(-MOST_START / 2)}`;
}
