import { encodeProof } from '../wire/envelope.ts';
import { isObject, type Json, type JsonObject, own, parseJson } from '../wire/json.ts';
import { readEncoding } from './encoding.ts';
import { hashIn } from './other-proof.ts';
import { plainCharacters } from './paste/characters.ts';
import { type FoundHeader, type HeaderName, MOST_FOUND } from './paste/header-names.ts';
import { headersInJson, unpriced, urlOf } from './paste/in-json.ts';
import { namedIn, objectsIn, unnamedIn, urlIn } from './paste/in-text.ts';
import { headerOfObject, paymentObjectsIn } from './paste/payment-object.ts';
import { whatWasLookedFor } from './paste/stop.ts';

/** The most text that is searched (characters). */
const MOST_TEXT = 4_000_000;
/** How often a string is read that is itself in a string. */
const MOST_STRINGS = 4;

/**
 * Finds the payment headers in a text that a developer pastes: whatever a browser's network panel, a terminal, a log or a
 * REPL hands out of a request or response, a value alone, or the decoded JSON; and a 402 that asks for money without
 * PAYMENT-REQUIRED, with its headers, its body, or both. Total; empty when there is nothing to read.
 */
export function readPaste(text: string): readonly FoundHeader[] {
  const given = text.slice(0, MOST_TEXT);
  if (given.trim() === '') return [];
  const found = once(find(given.trim(), MOST_STRINGS));
  return found.length > 0 ? found.slice(0, MOST_FOUND) : [alone(given)];
}

function find(text: string, strings: number): readonly FoundHeader[] {
  const json = /^[[{"]/.test(text) ? parseJson(text) : undefined;
  if (typeof json === 'string') return strings > 0 ? find(json.trim(), strings - 1) : [];
  const inJson = json === undefined ? [] : findInJson(json);
  return inJson.length > 0 ? inJson : findInText(plainCharacters(text), text);
}

function findInJson(root: Json): readonly FoundHeader[] {
  const found = headersInJson(root);
  if (found.length > 0 || !isObject(root)) return found;
  const [response] = own(root, 'x402Version') === 2 ? [] : unpriced(JSON.stringify(root), urlOf(root));
  if (response !== undefined) return [response];
  const objects = paymentObjectsIn(root).flatMap(fromDecoded);
  if (objects.length > 0) return objects;
  return headerOfObject(root) === undefined ? [] : [decoded(root)];
}

/** In `plain`, and objects in the text as it was given first: their texts may have any characters. */
function findInText(plain: string, given: string): readonly FoundHeader[] {
  const named = namedIn(plain);
  const hasOffer = named.some(({ header }) => header === 'PAYMENT-REQUIRED');
  const found = hasOffer ? named : [...named, ...unpriced(plain)];
  if (found.length > 0) return found;
  const unnamed = unnamedIn(plain);
  if (unnamed.length > 0) return unnamed;
  const objects = objectsIn(given);
  return (objects.length > 0 ? objects : objectsIn(plain)).flatMap(fromDecoded);
}

/** A decoded object as a header, or as the body of a 402 that asks for money in another way. */
function fromDecoded(object: JsonObject): readonly FoundHeader[] {
  const responses = own(object, 'x402Version') === 2 ? [] : unpriced(JSON.stringify(object), undefined);
  return responses.length > 0 ? responses : [decoded(object)];
}

const decoded = (object: JsonObject): FoundHeader => ({
  header: headerOf(object),
  value: encodeProof(object),
  url: undefined,
  by: 'content',
  notes: [],
});

/** The header of an object that stands alone: fields that many objects have count as well. */
function headerOf(json: JsonObject | null): HeaderName {
  if (json === null) return 'PAYMENT-REQUIRED';
  const answers = ['result', 'transaction', 'error'];
  const isAnswer = answers.some((key) => Object.hasOwn(json, key));
  const byField = Object.hasOwn(json, 'payload') ? 'PAYMENT-SIGNATURE' : isAnswer && 'PAYMENT-RESPONSE';
  return headerOfObject(json) ?? (byField || 'PAYMENT-REQUIRED');
}

/** A value by itself: a block hash, an object of unknown fields in base64, or what cannot be read. */
function alone(given: string): FoundHeader {
  const text = plainCharacters(given).trim();
  const isQuoted = text.length > 1 && /["'`]/.test(text.charAt(0)) && text.at(0) === text.at(-1);
  const unquoted = isQuoted ? text.slice(1, -1) : text;
  const common = { url: urlIn(text), by: 'content', notes: [] } as const;
  if (hashIn(unquoted) !== null) return { ...common, header: 'X-Nano-Payment', value: unquoted.trim() };
  const json = parseJson(text);
  if (isObject(json)) return decoded(json);
  const joined = /^[A-Za-z0-9+/_=\s-]+$/.test(unquoted) ? unquoted.replace(/\s+/g, '') : unquoted;
  const object = readEncoding(joined).json;
  const notes = object === null ? whatWasLookedFor(given) : [];
  return { ...common, header: headerOf(object), value: joined, notes };
}

/** Each header once: some tools print one by its name and again in a list. */
function once(found: readonly FoundHeader[]): readonly FoundHeader[] {
  const keyOf = ({ header, value, url }: FoundHeader) => [header, url, value].join(' ');
  return [...new Map(found.map((one) => [keyOf(one), one])).values()];
}
