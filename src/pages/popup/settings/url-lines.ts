import type { Sentence } from '../../../fault.ts';

/** What a line of the network editor is the address of. */
export type UrlKind = 'node' | 'socket' | 'explorer';

const PROTOCOLS: Readonly<Record<UrlKind, { readonly safe: string; readonly plain: string }>> = {
  node: { safe: 'https:', plain: 'http:' },
  socket: { safe: 'wss:', plain: 'ws:' },
  explorer: { safe: 'https:', plain: 'http:' },
};

const MOST_LINES = 16;
const LONGEST = 512;
/** A scheme as people write it, with its colon or slashes missing too: `http:/`, `https//`, `http:`. */
const SCHEME = /^(?:[a-z][a-z0-9+.-]*:\/+|(?:https?|wss?):|(?:https?|wss?)?\/\/)/i;
const WHOLE_SCHEME = /^[a-z][a-z0-9+.-]*:\/\/$/i;
/** The port behind a user's name and a host. */
const PORT = /^(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/:?#[\]]*):([^/?#@]*)(?:[/?#]|$)/;
/** Hosts of this machine and of networks at home: names without a point, and private addresses. */
const LOCAL =
  /^(?:[^.:]+|.+\.(?:localhost|local|lan|internal|home\.arpa)|127(?:\.\d+){3}|10(?:\.\d+){3}|192\.168(?:\.\d+){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2}|169\.254(?:\.\d+){2}|\[(?:::1|f[cd].*|fe80.*)\])$/i;

/** What is wrong with the addresses of a field, one to a line: at most one sentence for each line. */
export function mistakesInUrls(text: string, kind: UrlKind): readonly Sentence[] {
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: String(index + 1) }));
  const filled = lines.filter(({ line }) => line !== '');
  if (kind === 'node' && filled.length === 0) return [{ key: 'network_urlMissing', args: [] }];
  if (filled.length > MOST_LINES) {
    return [{ key: 'network_urlTooMany', args: [String(filled.length), String(MOST_LINES)] }];
  }
  return filled.flatMap(({ line, number }) => mistakeIn(line, number, kind) ?? []);
}

function mistakeIn(line: string, number: string, kind: UrlKind): Sentence | null {
  if (/\S[,;\s]+[a-z]+:\/\/|[,;]\s*\S/i.test(line)) return { key: 'network_urlTwo', args: [number] };
  if (/\s/.test(line)) return { key: 'network_urlSpace', args: [number] };
  if (line.length > LONGEST) return { key: 'network_urlLong', args: [number, String(LONGEST)] };
  const [scheme = ''] = SCHEME.exec(line) ?? [];
  const rest = line.slice(scheme.length).replace(/^\/+/, '');
  const [, port = ''] = PORT.exec(rest) ?? [];
  if (port !== '' && !(/^\d+$/.test(port) && Number(port) <= 65_535)) {
    return { key: 'network_urlPort', args: [number, port] };
  }
  const guess = suggested(rest, kind);
  if (guess === null || (WHOLE_SCHEME.test(scheme) && !URL.canParse(line))) {
    return { key: 'network_urlInvalid', args: [number] };
  }
  return WHOLE_SCHEME.test(scheme)
    ? mistakeOf(new URL(line), guess, number, kind)
    : { key: 'network_urlNoScheme', args: [number, guess] };
}

/** The address with the scheme that fits its host; null where that is none either. */
function suggested(rest: string, kind: UrlKind): string | null {
  const { safe, plain } = PROTOCOLS[kind];
  if (!URL.canParse(`${plain}//${rest}`)) return null;
  const { hostname } = new URL(`${plain}//${rest}`);
  return `${LOCAL.test(hostname) ? plain : safe}//${rest}`;
}

function mistakeOf(url: URL, guess: string, number: string, kind: UrlKind): Sentence | null {
  const { safe, plain } = PROTOCOLS[kind];
  const isHttp = /^https?:$/.test(url.protocol);
  if (kind === 'socket' && isHttp) return { key: 'network_urlNotSocket', args: [number] };
  if (kind !== 'socket' && /^wss?:$/.test(url.protocol))
    return { key: 'network_urlIsSocket', args: [number] };
  if (url.protocol !== safe && url.protocol !== plain) {
    return { key: 'network_urlScheme', args: [number, url.protocol, guess] };
  }
  if (url.username !== '' || url.password !== '') return { key: 'network_urlUser', args: [number] };
  const isOpen = url.protocol === plain && !LOCAL.test(url.hostname);
  return isOpen ? { key: 'network_urlPlain', args: [number, guess] } : null;
}
