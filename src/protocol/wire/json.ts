/** A parsed JSON value. It is never changed: proofs echo it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for a JSON object; false for null and for arrays. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON array; `Array.isArray` alone does not narrow a readonly one. */
export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value under an own key, or undefined: an inherited `constructor` or `toString` did not come from the server. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The text under an own key, or undefined when it is missing or no text. */
export function ownText(object: JsonObject, key: string): string | undefined {
  const value = own(object, key);
  return typeof value === 'string' ? value : undefined;
}

/** Parses JSON text. Undefined for any other text: JSON has no undefined. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The limits of depth and size: far above any offer, far below the stack. */
const MAX_DEPTH = 64;
const MAX_VALUES = 10_000;

/**
 * Freezes a value with everything in it, without recursion. False when the value is nested too deep, holds
 * too many values, or holds a number that JSON can read but not write again (`1e999`), which no echo could repeat.
 */
export function freezeBounded(root: Json): boolean {
  const open: { readonly value: Json; readonly depth: number }[] = [{ value: root, depth: 0 }];
  let seen = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    seen += 1;
    if (seen > MAX_VALUES || depth > MAX_DEPTH) return false;
    if (typeof value === 'number' && !Number.isFinite(value)) return false;
    if (typeof value !== 'object' || value === null) continue;
    Object.freeze(value);
    for (const child of Object.values(value)) open.push({ value: child, depth: depth + 1 });
  }
  return true;
}
