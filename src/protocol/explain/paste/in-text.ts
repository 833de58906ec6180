import { decodeObject, encodeProof } from '../../wire/envelope.ts';
import { isObject, type JsonObject } from '../../wire/json.ts';
import { finding } from '../finding.ts';
import { type FoundHeader, headerNamed, isWireName, MOST_FOUND, NAME } from './header-names.ts';
import { readLiteral } from './literal.ts';
import { headerOfObject, isWhole, paymentObjectsIn } from './payment-object.ts';
import { encodedAt, valueBehind } from './value.ts';

const URL_IN_TEXT = /\bhttps?:\/\/[^\s'"`\\<>^]+/i;
const QUOTES = /["'`]/;
/** A separator and the brace of an object behind a name. */
const OBJECT_BEHIND = /^["'`\])>]*\s*(?:=>|:=|[:=])\s*["'`]?(?=\{)/;
/** The first characters of an object in base64. */
const ENCODED = /(?<![A-Za-z0-9+/_=-])e[wy3][A-Za-z0-9+/_-]/g;
const OBJECT = /\{\s*\\*["'`:A-Za-z_$]|\[\s*\\*["']x402Version/g;
const MOST_TRIES = 64;
/** The most characters that are read in search of an object. */
const MOST_READ = 8_000_000;

/** The first address of the web in a text. */
export const urlIn = (text: string): string | undefined => URL_IN_TEXT.exec(text)?.[0];

/**
 * The headers whose name stands before their value: lines, `-H '…'` of cURL, `fetch` calls, log entries, what a REPL
 * prints. A value that cannot be read is returned as well where a colon or an equals sign says that it is one.
 */
export function namedIn(text: string, url = urlIn(text)): readonly FoundHeader[] {
  const found: FoundHeader[] = [];
  const names = text.matchAll(NAME);
  for (let name = names.next(); !name.done && found.length < MOST_FOUND; ) {
    const next = names.next();
    const { 0: spelled, index } = name.value;
    const end = next.done ? text.length : next.value.index;
    const one = readNamed(spelled, text.slice(index + spelled.length, end), text.charAt(index - 1), url);
    if (one !== undefined) found.push(one);
    name = next;
  }
  return found;
}

function readNamed(
  name: string,
  rest: string,
  before: string,
  url: string | undefined,
): FoundHeader | undefined {
  const header = headerNamed(name);
  if (header === undefined) return undefined;
  const common = { header, url, by: 'name', notes: [] } as const;
  const value = valueBehind(rest);
  if (value !== undefined) return { ...common, value };
  const plain = objectBehind(rest);
  if (plain !== undefined) return fromObject(plain, header, url);
  const written = isWireName(name) ? writtenValue(rest, before) : undefined;
  return written === undefined ? undefined : { ...common, value: written };
}

/** A header from its decoded object, as a server would send it. */
export const fromObject = (
  object: JsonObject,
  header: FoundHeader['header'],
  url: string | undefined,
): FoundHeader => ({
  header,
  value: encodeProof(object),
  url,
  by: 'name',
  notes: [finding('warn', 'wire_pastedPlain')],
});

/** The JSON of a header behind its name, where a log or a server wrote it without base64. */
function objectBehind(rest: string): JsonObject | undefined {
  const start = OBJECT_BEHIND.exec(rest)?.[0].length;
  if (start === undefined) return undefined;
  for (const form of formsOf(rest.slice(start))) {
    const read = readLiteral(form, 0, 'literal');
    if (read.ok && isObject(read.value) && isWhole(read.value)) return read.value;
  }
  return undefined;
}

/** The text after a header's name, as it is, up to the closing quote or the end of the line. */
function writtenValue(rest: string, before: string): string | undefined {
  const [start, quote = ''] = /^["'`]?[ \t]*[:=](?!>)[ \t]*(["'`]?)/.exec(rest) ?? [];
  if (start === undefined) return undefined;
  // In `-H 'Name: value'` the quote opened before the name; in `"Name": "value"` one opens behind it.
  const end = quote !== '' ? quote : QUOTES.test(before) ? before : undefined;
  const [line = ''] = rest.slice(start.length).split(/[\r\n]/, 1);
  const at = end === undefined ? -1 : line.indexOf(end);
  return (at < 0 ? line : line.slice(0, at)).trim();
}

/** The values in base64 that stand in a text without a name, by their contents. */
export function unnamedIn(text: string): readonly FoundHeader[] {
  const found: FoundHeader[] = [];
  const url = urlIn(text);
  let tries = 0;
  let end = 0;
  for (const { index } of text.matchAll(ENCODED)) {
    if (index < end) continue;
    const value = encodedAt(text.slice(index, index + MOST_VALUE));
    const json = value === undefined ? undefined : decodeObject(value);
    const header = json === undefined ? undefined : headerOfObject(json);
    if (value !== undefined) end = index + value.length;
    if (value !== undefined && header !== undefined) {
      found.push({ header, value, url, by: 'content', notes: [] });
    }
    tries += 1;
    if (tries === MOST_TRIES || found.length === MOST_FOUND) break;
  }
  return found;
}

/** Longer than any accepted header with what wraps it. */
const MOST_VALUE = 128 * 1024;

/** The decoded objects that stand in a text, in the syntax of any language. */
export function objectsIn(text: string): readonly JsonObject[] {
  if (!/x402Version|accepts|accepted|payload|success/.test(text)) return [];
  for (const form of formsOf(text)) {
    const found: JsonObject[] = [];
    let end = 0;
    let read = 0;
    for (const { index } of form.matchAll(OBJECT)) {
      if (index < end) continue;
      const literal = readLiteral(form, index, 'literal');
      read += (literal.ok ? literal.end : literal.stop) - index;
      if (literal.ok) {
        end = literal.end;
        found.push(...paymentObjectsIn(literal.value));
      }
      if (read > MOST_READ || found.length >= MOST_FOUND) break;
    }
    if (found.length > 0) return found;
  }
  return [];
}

/** A text, and the same without the backslashes of the strings that it is in, two deep. */
function formsOf(text: string): readonly string[] {
  if (!text.includes('\\"') && !text.includes("\\'")) return [text];
  const once = unescaped(text);
  return [text, once, unescaped(once)];
}

const unescaped = (text: string): string => text.replace(/\\(["'\\])/g, '$1');
