import { isObject, type JsonObject, parseJson } from '../wire/json.ts';

/** The parts of a 402 that may say how it wants to be paid. */
export interface UnpricedResponse {
  /** The response headers, names in any case, as `webRequest` lists them. */
  readonly headers: readonly { readonly name: string; readonly value?: string | undefined }[];
  /** The body, where the browser lets us read it. */
  readonly bodyText?: string;
}

/** The same parts, decoded. */
export interface Readable {
  /** Every value of a header, by its name in lower case. */
  all(name: string): readonly string[];
  /** The value of a header that occurs once; undefined where it is absent or occurs more often. */
  one(name: string): string | undefined;
  has(name: string): boolean;
  /** The body, where it is known and is a JSON object; else empty. */
  readonly body: JsonObject;
}

const MAX_TEXT = 64 * 1024;

/** Reads the headers and the body of a 402. Total: what cannot be read is absent. */
export function readable({ headers, bodyText }: UnpricedResponse): Readable {
  const named = new Map<string, string[]>();
  for (const { name, value = '' } of headers) {
    const key = name.toLowerCase();
    // A header that is too long to be read counts as present, with an empty value.
    named.set(key, [...(named.get(key) ?? []), value.length > MAX_TEXT ? '' : value.trim()]);
  }
  const all = (name: string) => named.get(name) ?? [];
  return {
    all,
    one: (name) => (all(name).length === 1 ? all(name)[0] : undefined),
    has: (name) => named.has(name),
    body: readObject(bodyText) ?? {},
  };
}

/** Reads a JSON object of bounded length; undefined for any other text. */
export function readObject(text: string | undefined): JsonObject | undefined {
  if (text === undefined || text.length > MAX_TEXT) return undefined;
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}
