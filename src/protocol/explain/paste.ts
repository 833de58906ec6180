import { readUrl } from '../offer/origin.ts';
import { encodeProof } from '../wire/envelope.ts';
import { isArray, isObject, type Json, type JsonObject, own, ownText, parseJson } from '../wire/json.ts';
import { readEncoding } from './encoding.ts';
import { hashIn } from './other-proof.ts';
import { explainResponse, responseText } from './response.ts';

/** The names of the headers that are read. */
export const HEADERS = [
  'PAYMENT-REQUIRED',
  'PAYMENT-SIGNATURE',
  'PAYMENT-RESPONSE',
  'X-PAYMENT',
  'X-Nano-Payment',
] as const;

/** The three headers of x402 version 2, the proof of version 1, and a block hash that is shown as a proof. */
export type HeaderName = (typeof HEADERS)[number];

/** A header that was found in a text, or a 402 without PAYMENT-REQUIRED. */
export interface FoundHeader {
  readonly header: HeaderName | '402';
  /** The header's value; of a 402, its headers as lines and its body. */
  readonly value: string;
  /** The URL of its request, where the text names it. */
  readonly url: string | undefined;
  /** How it was recognised: by a header's name in the text, or by its contents. */
  readonly by: 'name' | 'content';
}

/** The most text that is searched (characters), and the most headers that are returned. */
const MOST_TEXT = 4_000_000;
const MOST_FOUND = 64;
/** A length above that of any accepted header (characters). */
const MOST_VALUE = 128 * 1024;

/**
 * Finds the payment headers in a text that a developer pastes: a value alone, `Name: value` lines, a cURL command, a
 * `fetch` call, a HAR file or an entry of one, the decoded JSON itself; and a 402 that asks for money without
 * PAYMENT-REQUIRED, with its headers, its body, or both. Total; empty when there is nothing to read.
 */
export function readPaste(text: string): readonly FoundHeader[] {
  const trimmed = text.slice(0, MOST_TEXT).trim();
  if (trimmed === '') return [];
  const json = /^[[{]/.test(trimmed) ? parseJson(trimmed) : undefined;
  const found = json === undefined ? [...findInText(trimmed), ...unpriced(trimmed)] : findInJson(json);
  return found.length > 0 ? found.slice(0, MOST_FOUND) : [alone(trimmed)];
}

/** A 402 that asks for money in another way, in a text of headers and body. Where PAYMENT-REQUIRED stands, there is none. */
function unpriced(text: string, url = URL_IN_TEXT.exec(text)?.[0]): readonly FoundHeader[] {
  const isKnown = explainResponse(text, { now: 0 }) !== undefined;
  return isKnown ? [{ header: '402', value: text, url, by: 'content' }] : [];
}

/** Which header a decoded object is of, by its fields. */
export function headerOf(json: JsonObject | null): HeaderName {
  if (json === null) return 'PAYMENT-REQUIRED';
  const isPaid = own(json, 'x402Version') === 1 && Object.hasOwn(json, 'payload');
  if (isPaid) return 'X-PAYMENT';
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
  if (hashIn(unquoted) !== null)
    return { header: 'X-Nano-Payment', value: unquoted, url: undefined, by: 'content' };
  const joined = /^[A-Za-z0-9+/_=\s-]+$/.test(unquoted) ? unquoted.replace(/\s+/g, '') : unquoted;
  return { header: headerOf(readEncoding(joined).json), value: joined, url: undefined, by: 'content' };
}

const NAME =
  /(?<![\w-])(?:payment-(?:required|signature)|(?:x-)?payment-response|x-payment|x-nano-payment)(?![\w-])/gi;
const URL_IN_TEXT = /\bhttps?:\/\/[^\s'"`\\<>]+/i;

/** Header lines, `-H '…'` of cURL and Copy as fetch, in which a name is followed by its value. */
function findInText(text: string): readonly FoundHeader[] {
  const url = URL_IN_TEXT.exec(text)?.[0];
  const found: FoundHeader[] = [];
  for (const { 0: name, index } of text.matchAll(NAME)) {
    const at = index + name.length;
    const value = valueAfter(text.slice(at, at + MOST_VALUE), text.charAt(index - 1));
    const header = headerNamed(name);
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
      found.push(...headersIn(value, url), ...unpricedIn(value, url));
      for (const child of Object.values(value).reverse()) open.push({ value: child, url });
    }
  }
  if (found.length > 0 || !isObject(root)) return found;
  const [response] = own(root, 'x402Version') === 2 ? [] : unpriced(JSON.stringify(root), urlOf(root));
  if (response !== undefined) return [response];
  return [{ header: headerOf(root), value: encodeProof(root), url: undefined, by: 'content' }];
}

/** The header of this name, in any case of letters. X-PAYMENT-RESPONSE of version 1 reads as that of version 2. */
function headerNamed(name: string): HeaderName | undefined {
  const wanted = name.toUpperCase().replace('X-PAYMENT-RESPONSE', 'PAYMENT-RESPONSE');
  return HEADERS.find((known) => known.toUpperCase() === wanted);
}

/** The URL of the request that an object is about: its own, or that of the `request` in it. */
function urlOf(object: JsonObject): string | undefined {
  const request = own(object, 'request');
  const text = (isObject(request) ? ownText(request, 'url') : undefined) ?? ownText(object, 'url');
  return text !== undefined && readUrl(text) ? text : undefined;
}

/** The 402 of a HAR entry that asks for money in another way. */
function unpricedIn(object: JsonObject, url: string | undefined): readonly FoundHeader[] {
  const headers = own(object, 'headers');
  if (own(object, 'status') !== 402 || !isArray(headers)) return [];
  const content = own(object, 'content');
  const pairs = headers.filter(isObject).map((one) => ({
    name: ownText(one, 'name') ?? '',
    value: ownText(one, 'value') ?? '',
  }));
  const bodyText = isObject(content) ? ownText(content, 'text') : undefined;
  return unpriced(responseText({ headers: pairs, ...(bodyText !== undefined && { bodyText }) }), url);
}

function headersIn(object: JsonObject, url: string | undefined): readonly FoundHeader[] {
  const pairs = Object.entries(object).filter(([, value]) => typeof value === 'string');
  const named = ownText(object, 'name');
  const value = ownText(object, 'value');
  if (named !== undefined && value !== undefined) pairs.push([named, value]);
  return pairs.flatMap(([name, text]) => {
    const header = headerNamed(name);
    return header === undefined || typeof text !== 'string'
      ? []
      : [{ header, value: text, url, by: 'name' as const }];
  });
}
