import { decodeBase64 } from '../../../base64.ts';
import { decodeObject } from '../../wire/envelope.ts';

/** Text around the pieces of a value that was wrapped, quoted in pieces or continued with a backslash. */
const BREAK = /(?:\s|\\|["'`]\s*[+.&]?\s*\\?[\s>|]*[bur]?["'`]|(?<=\n)[ \t]*[<>|*#][<>|*# \t]*)+/y;
const PIECE = /[A-Za-z0-9+/_=-]+/y;
/** What may stand between a name and its value, in any language: quotes, brackets, separators, types and indexes. */
const GAP =
  /(?:<\/?[A-Za-z][^<>\n]{0,200}>|[\s"'`:=,|>()<[\]{}@*\\^;$-]|(?:Array|array|string|bytes|value|[bur]|\d{1,5})(?![A-Za-z0-9+/_]))*/y;
const HASH = /[0-9a-fA-F]{64}(?![A-Za-z0-9+/_=-])/y;

/** The most that is read of a value (characters): above the length of any accepted header. */
const MOST_VALUE = 128 * 1024;
const MOST_HEADER = 64 * 1024;
const MOST_TRIES = 32;

/**
 * The value behind a header's name: base64 of a JSON object, or a block hash, wherever its language's quotes and brackets
 * put it. Undefined where none can be read.
 */
export function valueBehind(rest: string): string | undefined {
  const text = withoutEscapes(rest.slice(0, MOST_VALUE));
  const start = matchAt(GAP, text, 0)?.length ?? 0;
  return matchAt(HASH, text, start) ?? readEncoded(text, start);
}

/** The base64 of a JSON object that starts at the first character of a text. */
export const encodedAt = (rest: string): string | undefined =>
  readEncoded(withoutEscapes(rest.slice(0, MOST_VALUE)), 0);

/**
 * Undoes what URLs, strings, HTML and the Windows command line make of the characters of base64. Those themselves are in
 * none of these escapes.
 */
function withoutEscapes(text: string): string {
  if (!/[%\\&^]/.test(text)) return text;
  return text
    .replace(/\^/g, '')
    .replace(/%(?:25)*(2[bfBF]|3[dD]|0[adAD]|2[0267]|7[bdBD])/g, (_, hex: string) => characterOf(hex))
    .replace(/\\+(?:u00|x)([0-9a-fA-F]{2})/g, (_, hex: string) => characterOf(hex))
    .replace(/&#x([0-9a-fA-F]{2});/g, (_, hex: string) => characterOf(hex))
    .replace(/&#(\d{2,3});/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&(?:quot|apos);/g, '"')
    .replace(/&(?:lt|gt);/g, '<')
    .replace(/\\+([nrt])/g, '\n')
    .replace(/\\+\//g, '/');
}

const characterOf = (hex: string) => String.fromCharCode(Number.parseInt(hex, 16));

/** Joins the pieces from a place on until they are base64 of a JSON object. */
function readEncoded(text: string, start: number): string | undefined {
  let joined = '';
  let tries = 0;
  for (let at = start; joined.length <= MOST_HEADER && tries < MOST_TRIES; ) {
    const piece = matchAt(PIECE, text, at);
    if (piece === undefined) return undefined;
    joined += piece;
    at += piece.length;
    if (endsObject(joined)) {
      if (decodeObject(joined) !== undefined) return joined + paddingAfter(joined, text, at);
      tries += 1;
    }
    const between = matchAt(BREAK, text, at);
    if (between === undefined) return undefined;
    at += between.length;
  }
  return undefined;
}

/** Whether the last bytes are the end of an object, so that only few prefixes of a long text are decoded. */
function endsObject(base64: string): boolean {
  const digits = base64.replace(/={1,2}$/, '');
  const whole = digits.length - (digits.length % 4 || 4);
  const bytes = decodeBase64(digits.slice(Math.max(0, whole - 8)));
  return bytes !== undefined && /\}\s*$/.test(String.fromCharCode(...bytes));
}

/** The padding that a line break cut off. */
function paddingAfter(base64: string, text: string, at: number): string {
  const missing = base64.endsWith('=') ? 0 : (4 - (base64.length % 4)) % 4;
  const between = matchAt(BREAK, text, at) ?? '';
  const padding = '='.repeat(missing);
  return missing > 0 && between !== '' && matchAt(PIECE, text, at + between.length) === padding
    ? padding
    : '';
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
