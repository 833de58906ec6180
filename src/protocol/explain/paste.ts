import { readUrl } from '../offer/origin.ts';
import { encodeProof } from '../wire/envelope.ts';
import { isArray, isObject, type Json, type JsonObject, own, ownText, parseJson } from '../wire/json.ts';
import { readEncoding } from './encoding.ts';

/** The names of the headers of x402 v2. */
export const HEADERS = ['PAYMENT-REQUIRED', 'PAYMENT-SIGNATURE', 'PAYMENT-RESPONSE'] as const;

/** The three headers of x402 v2. */
export type HeaderName = (typeof HEADERS)[number];

/** A header that was found in a text. */
export interface FoundHeader {
  readonly header: HeaderName;
  readonly value: string;
  /** The URL of its request, where the text names it. */
  readonly url: string | undefined;
  /** How the header was recognised: by its name in the text, or by its contents. */
  readonly by: 'name' | 'content';
}

/** The most text that is searched (characters), and the most headers that are returned. */
const MOST_TEXT = 4_000_000;
const MOST_FOUND = 64;
/** A length above that of any accepted header (characters). */
const MOST_VALUE = 128 * 1024;

/**
 * Finds the payment headers in a text that a developer pastes: a value alone, `Name: value` lines, a cURL command, a
 * `fetch` call, a HAR file or an entry of one, the decoded JSON itself. Total; empty when there is nothing to read.
 */
export function readPaste(text: string): readonly FoundHeader[] {
  const trimmed = text.slice(0, MOST_TEXT).trim();
  if (trimmed === '') return [];
  const json = /^[[{]/.test(trimmed) ? parseJson(trimmed) : undefined;
  const found = json === undefined ? findInText(trimmed) : findInJson(json);
  return found.length > 0 ? found.slice(0, MOST_FOUND) : [alone(trimmed)];
}

/** Which of the three a decoded object is, by its fields. */
export function headerOf(json: JsonObject | null): HeaderName {
  if (json === null) return 'PAYMENT-REQUIRED';
  if (Object.hasOwn(json, 'accepts')) return 'PAYMENT-REQUIRED';
  if (Object.hasOwn(json, 'accepted') || Object.hasOwn(json, 'payload')) return 'PAYMENT-SIGNATURE';
  const answers = ['success', 'result', 'transaction', 'errorReason', 'error'];
  return answers.some((key) => Object.hasOwn(json, key)) ? 'PAYMENT-RESPONSE' : 'PAYMENT-REQUIRED';
}

const QUOTES = /["'`]/;

/** A value by itself; terminals wrap long ones. */
function alone(text: string): FoundHeader {
  const isQuoted = text.length > 1 && QUOTES.test(text.charAt(0)) && text.at(0) === text.at(-1);
  const unquoted = isQuoted ? text.slice(1, -1) : text;
  const joined = /^[A-Za-z0-9+/_=\s-]+$/.test(unquoted) ? unquoted.replace(/\s+/g, '') : unquoted;
  return { header: headerOf(readEncoding(joined).json), value: joined, url: undefined, by: 'content' };
}

const NAME = /payment-(?:required|signature|response)/gi;
const URL_IN_TEXT = /\bhttps?:\/\/[^\s'"`\\<>]+/i;

/** Header lines, `-H '…'` of cURL and Copy as fetch, in which a name is followed by its value. */
function findInText(text: string): readonly FoundHeader[] {
  const url = URL_IN_TEXT.exec(text)?.[0];
  const found: FoundHeader[] = [];
  for (const { 0: name, index } of text.matchAll(NAME)) {
    const at = index + name.length;
    const value = valueAfter(text.slice(at, at + MOST_VALUE), text.charAt(index - 1));
    const header = HEADERS.find((known) => known === name.toUpperCase());
    if (value !== undefined && header !== undefined) found.push({ header, value, url, by: 'name' });
    if (found.length === MOST_FOUND) break;
  }
  return found;
}

/** The text after a header's name, up to the closing quote or the end of the line. */
function valueAfter(rest: string, before: string): string | undefined {
  const [start, quote = ''] = /^["'`]?[ \t]*[:=][ \t]*(["'`]?)/.exec(rest) ?? [];
  if (start === undefined) return undefined;
  // In `-H 'Name: value'` the quote opened before the name; in `"Name": "value"` one opens behind it.
  const end = quote !== '' ? quote : QUOTES.test(before) ? before : undefined;
  const [line = ''] = rest.slice(start.length).split(/[\r\n]/, 1);
  const at = end === undefined ? -1 : line.indexOf(end);
  return (at < 0 ? line : line.slice(0, at)).trim();
}

/** A HAR, an entry of one, a list of headers, an object of headers, or the decoded object itself. */
function findInJson(root: Json): readonly FoundHeader[] {
  const found: FoundHeader[] = [];
  const open: { readonly value: Json; readonly url: string | undefined }[] = [
    { value: root, url: undefined },
  ];
  for (let next = open.pop(); next !== undefined && found.length < MOST_FOUND; next = open.pop()) {
    const { value } = next;
    if (isArray(value)) {
      for (const child of [...value].reverse()) open.push({ value: child, url: next.url });
    } else if (isObject(value)) {
      const url = urlOf(value) ?? next.url;
      found.push(...headersIn(value, url));
      for (const child of Object.values(value).reverse()) open.push({ value: child, url });
    }
  }
  if (found.length > 0 || !isObject(root)) return found;
  return [{ header: headerOf(root), value: encodeProof(root), url: undefined, by: 'content' }];
}

/** The URL of the request that an object is about: its own, or that of the `request` in it. */
function urlOf(object: JsonObject): string | undefined {
  const request = own(object, 'request');
  const text = (isObject(request) ? ownText(request, 'url') : undefined) ?? ownText(object, 'url');
  return text !== undefined && readUrl(text) ? text : undefined;
}

function headersIn(object: JsonObject, url: string | undefined): readonly FoundHeader[] {
  const pairs = Object.entries(object).filter(([, value]) => typeof value === 'string');
  const named = ownText(object, 'name');
  const value = ownText(object, 'value');
  if (named !== undefined && value !== undefined) pairs.push([named, value]);
  return pairs.flatMap(([name, text]) => {
    const header = HEADERS.find((known) => known === name.toUpperCase());
    return header === undefined || typeof text !== 'string'
      ? []
      : [{ header, value: text, url, by: 'name' as const }];
  });
}
