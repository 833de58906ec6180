import { readUrl } from '../../offer/origin.ts';
import { decodeObject } from '../../wire/envelope.ts';
import { isArray, isObject, type Json, type JsonObject, own, ownText } from '../../wire/json.ts';
import { hashIn } from '../other-proof.ts';
import { explainResponse, responseText } from '../response.ts';
import {
  type FoundHeader,
  type HeaderName,
  headerNamed,
  isWireName,
  MOST_FOUND,
  NAME,
} from './header-names.ts';
import { fromObject, namedIn, urlIn } from './in-text.ts';
import { isWhole } from './payment-object.ts';
import { valueBehind } from './value.ts';

/**
 * The headers in a JSON value: a HAR or an entry of one, lists and objects of headers, pairs, header names and values by
 * turns, and log entries with headers in their texts.
 */
export function headersInJson(root: Json): readonly FoundHeader[] {
  const found: FoundHeader[] = [];
  const open: { readonly value: Json; readonly url: string | undefined }[] = [
    { value: root, url: undefined },
  ];
  for (let next = open.pop(); next !== undefined && found.length < MOST_FOUND; next = open.pop()) {
    const { value } = next;
    if (isArray(value)) {
      found.push(...inTurns(value, next.url));
      for (const child of [...value].reverse()) open.push({ value: child, url: next.url });
    } else if (isObject(value)) {
      const url = urlOf(value) ?? next.url;
      found.push(...headersIn(value, url), ...unpricedIn(value, url));
      for (const child of Object.values(value).reverse()) open.push({ value: child, url });
    } else if (typeof value === 'string') {
      found.push(...inString(value, next.url));
    }
  }
  return found;
}

/** A 402 that asks for money in another way, in a text of headers and body. Where PAYMENT-REQUIRED stands, there is none. */
export function unpriced(text: string, url = urlIn(text)): readonly FoundHeader[] {
  const isKnown = explainResponse(text, { now: 0 }) !== undefined;
  return isKnown ? [{ header: '402', value: text, url, by: 'content', notes: [] }] : [];
}

/** The URL of the request that an object is about: its own, or that of the `request` in it. */
export function urlOf(object: JsonObject): string | undefined {
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
  const named = ownText(object, 'name');
  const value = own(object, 'value');
  const pairs: (readonly [string, Json | undefined])[] = Object.entries(object);
  if (named !== undefined) pairs.push([named, value]);
  return pairs.flatMap(([name, given]) => {
    const header = headerNamed(name);
    if (header === undefined) return [];
    const found = valuesOf(header, given, url);
    return isWireName(name) ? found : found.filter(isReadable);
  });
}

function valuesOf(
  header: HeaderName,
  given: Json | undefined,
  url: string | undefined,
): readonly FoundHeader[] {
  if (typeof given === 'string') return [{ header, value: valueIn(given), url, by: 'name', notes: [] }];
  if (isArray(given)) return given.flatMap((one) => (isArray(one) ? [] : valuesOf(header, one, url)));
  return isObject(given) && isWhole(given) ? [fromObject(given, header, url)] : [];
}

/** A header's value as it is, or without what a tool put around it. */
const valueIn = (text: string): string =>
  decodeObject(text) === undefined ? (valueBehind(text) ?? text) : text;

/** `["name", "value"]`, and the list of Node that has names and values by turns. */
function inTurns(list: readonly Json[], url: string | undefined): readonly FoundHeader[] {
  return list.flatMap((name, index) => {
    const header = typeof name === 'string' ? headerNamed(name) : undefined;
    const value = list[index + 1];
    // What follows in a list may be another name: of the headers by which an answer varies, for example.
    const isPair = header !== undefined && typeof value === 'string';
    return isPair ? valuesOf(header, value, url).filter(isReadable) : [];
  });
}

const isReadable = ({ value }: FoundHeader): boolean =>
  decodeObject(value) !== undefined || hashIn(value) !== null;

/** The headers that can be read in a text, as a log has them in its messages. */
function inString(text: string, url: string | undefined): readonly FoundHeader[] {
  if (text.search(NAME) < 0) return [];
  return namedIn(text, url ?? urlIn(text)).filter(isReadable);
}
