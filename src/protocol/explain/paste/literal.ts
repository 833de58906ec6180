import type { Json } from '../../wire/json.ts';

/** The value that stands at a place in a text, with the place after it, or the place where reading stopped. */
export type Literal =
  | { readonly ok: true; readonly value: Json; readonly end: number }
  | { readonly ok: false; readonly stop: number };

const MOST_DEPTH = 64;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$.]*/y;
const SPACE = /\s*/y;
/** In JSON, every character between quotes but these. */
const PLAIN_IN_JSON = /[^"\\\p{Cc}]*/uy;
/** A further piece of a string: `'a' + 'b'` of JavaScript, `'a' 'b'` of Python. */
const NEXT_PIECE = /\s*\+?\s*(?=["'`])/y;
const SEPARATOR = /\s*(?:=>|[:=])/y;
/** `Map(3)` and `[Symbol(map)]` of Node. */
const COUNT = /\(\d+\)(?=\s*[{[])/y;
const SYMBOL = /\[[\w() ]{1,40}\]/y;

const WORDS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ...(['true', 'True', 'TRUE'] as const).map((word) => [word, true] as const),
  ...(['false', 'False', 'FALSE'] as const).map((word) => [word, false] as const),
  ...(['null', 'None', 'nil', 'NULL', 'undefined'] as const).map((word) => [word, null] as const),
]);

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
};

/** Thrown where the text is no such value, and caught by {@link readLiteral}. */
class Stopped extends Error {}

/**
 * Reads the value that starts at a place of a text: of JSON alone, or of anything that a REPL prints as well (`literal`):
 * JavaScript objects, Python dicts, tuples and bytes, Ruby hashes, PHP arrays, with trailing commas and constructors'
 * names. Total.
 */
export function readLiteral(text: string, start: number, syntax: 'json' | 'literal'): Literal {
  const reader = new Reader(text, start, syntax === 'json');
  try {
    const value = reader.value(0);
    return { ok: true, value, end: reader.at };
  } catch (error) {
    if (error instanceof Stopped) return { ok: false, stop: reader.at };
    throw error;
  }
}

/** The place at which a text stops being one JSON value; undefined where it is one. */
export function jsonStopsAt(text: string): number | undefined {
  const read = readLiteral(text, 0, 'json');
  if (!read.ok) return read.stop;
  const rest = text.slice(read.end).search(/\S/);
  return rest < 0 ? undefined : read.end + rest;
}

class Reader {
  readonly #text: string;
  readonly #isJson: boolean;
  #at: number;

  constructor(text: string, at: number, isJson: boolean) {
    this.#text = text;
    this.#at = at;
    this.#isJson = isJson;
  }

  /** The place that is read next. */
  get at(): number {
    return this.#at;
  }

  value(depth: number): Json {
    this.#match(SPACE);
    if (depth > MOST_DEPTH) throw new Stopped();
    const next = this.#next();
    if (next === '{') return this.#object(depth);
    if (next === '[') return this.#list(depth, ']');
    if (next === '(' && !this.#isJson) return this.#list(depth, ')');
    if (this.#isQuote(next)) return this.#string();
    const number = this.#match(NUMBER);
    if (number !== undefined) return Number(number);
    return this.#word(depth);
  }

  #object(depth: number): Json {
    const entries: [string, Json][] = [];
    this.#at += 1;
    while (!this.#closes('}', entries.length > 0)) {
      const key = this.#key();
      if (this.#match(SEPARATOR) === undefined) throw new Stopped();
      entries.push([key, this.value(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  /** A list, or the object that PHP writes as a list of `key => value`. */
  #list(depth: number, end: string): Json {
    const items: Json[] = [];
    const entries: [string, Json][] = [];
    this.#at += 1;
    while (!this.#closes(end, items.length + entries.length > 0)) {
      const item = this.value(depth + 1);
      this.#match(SPACE);
      if (this.#isJson || !this.#text.startsWith('=>', this.#at)) items.push(item);
      else {
        this.#at += 2;
        entries.push([String(item), this.value(depth + 1)]);
      }
    }
    return entries.length > 0 ? Object.fromEntries(entries) : items;
  }

  /** Passes the comma before the next member, or the end of the list or object. */
  #closes(end: string, hasMembers: boolean): boolean {
    this.#match(SPACE);
    const comma = hasMembers && this.#next() === ',';
    if (comma) {
      this.#at += 1;
      this.#match(SPACE);
    }
    const closes = this.#next() === end && !(comma && this.#isJson);
    if (closes) this.#at += 1;
    else if (hasMembers && !comma) throw new Stopped();
    return closes;
  }

  #key(): string {
    if (this.#isQuote(this.#next())) return this.#string();
    if (this.#isJson) throw new Stopped();
    if (this.#next() === ':') this.#at += 1;
    const key = this.#match(WORD) ?? this.#match(SYMBOL) ?? this.#match(NUMBER);
    if (key === undefined) throw new Stopped();
    if (/^[bur]$/.test(key) && this.#isQuote(this.#next())) return this.#string();
    return key;
  }

  #string(): string {
    let whole = this.#piece();
    while (!this.#isJson && this.#match(NEXT_PIECE) !== undefined) whole += this.#piece();
    return whole;
  }

  #piece(): string {
    const quote = this.#next();
    this.#at += 1;
    const parts: string[] = [];
    for (;;) {
      parts.push(this.#match(this.#isJson ? PLAIN_IN_JSON : (PLAIN_IN[quote] ?? PLAIN_IN_JSON)) ?? '');
      const next = this.#next();
      if (next === quote) break;
      if (next !== '\\') throw new Stopped();
      parts.push(this.#escape());
    }
    this.#at += 1;
    return parts.join('');
  }

  #escape(): string {
    const code = this.#match(this.#isJson ? JSON_CODE : CODE);
    if (code !== undefined) {
      const point = Number.parseInt(code.replace(/[^0-9a-fA-F]/g, ''), 16);
      if (point > 0x10ffff) throw new Stopped();
      return String.fromCodePoint(point);
    }
    const letter = this.#text.charAt(this.#at + 1);
    if (letter === '' || (this.#isJson && !/["\\/bfnrt]/.test(letter))) throw new Stopped();
    this.#at += 2;
    return letter === '\n' ? '' : (ESCAPES[letter] ?? letter);
  }

  /** `true` and its like, bytes of Python, or what stands behind a constructor's name. */
  #word(depth: number): Json {
    const start = this.#at;
    const word = this.#match(WORD) ?? '';
    const known = WORDS.get(word);
    if (known !== undefined && (!this.#isJson || /^(?:true|false|null)$/.test(word))) return known;
    if (!this.#isJson && word !== '') {
      if (/^[bur]$/.test(word) && this.#isQuote(this.#next())) return this.#string();
      this.#match(COUNT);
      this.#match(SPACE);
      if (/[{[]/.test(this.#next())) return this.value(depth + 1);
      if (this.#next() === '(') {
        const inside = this.#list(depth + 1, ')');
        return Array.isArray(inside) && inside.length === 1 ? inside[0] : inside;
      }
    }
    this.#at = start;
    throw new Stopped();
  }

  #isQuote(character: string): boolean {
    return character === '"' || (!this.#isJson && (character === "'" || character === '`'));
  }

  #next(): string {
    return this.#text.charAt(this.#at);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

const PLAIN_IN: Readonly<Record<string, RegExp>> = {
  '"': /[^"\\]*/y,
  "'": /[^'\\]*/y,
  '`': /[^`\\]*/y,
};
const JSON_CODE = /\\u[0-9a-fA-F]{4}/y;
const CODE = /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|u\{[0-9a-fA-F]{1,6}\})/y;
