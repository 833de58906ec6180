import { isArray, isObject, type Json, type JsonObject, own } from '../../wire/json.ts';
import type { HeaderName } from './header-names.ts';

/** Which header a decoded object is of, by its fields; undefined where it has those of none. */
export function headerOfObject(json: JsonObject): HeaderName | undefined {
  const has = (key: string) => Object.hasOwn(json, key);
  if (own(json, 'x402Version') === 1 && has('payload')) return 'X-PAYMENT';
  if (has('accepts')) return 'PAYMENT-REQUIRED';
  if (has('accepted') || (has('payload') && has('x402Version'))) return 'PAYMENT-SIGNATURE';
  if (typeof own(json, 'success') === 'boolean' || has('errorReason')) return 'PAYMENT-RESPONSE';
  const answers = ['result', 'error'];
  return has('x402Version') && answers.some((key) => has(key)) ? 'PAYMENT-RESPONSE' : undefined;
}

/** Whether an object is a whole header, and not only something with a field of the same name. */
export const isWhole = (json: JsonObject): boolean =>
  headerOfObject(json) !== undefined &&
  (isArray(own(json, 'accepts')) ||
    isObject(own(json, 'payload')) ||
    typeof own(json, 'success') === 'boolean' ||
    Object.hasOwn(json, 'x402Version'));

/** The most values of a tree that are looked at. */
const MOST_VALUES = 200_000;

/** The payment headers, decoded, that are somewhere in a value; not what is inside of one. */
export function paymentObjectsIn(root: Json): readonly JsonObject[] {
  const found: JsonObject[] = [];
  const open: Json[] = [root];
  let seen = 0;
  for (let next = open.pop(); next !== undefined && seen < MOST_VALUES; next = open.pop()) {
    seen += 1;
    if (isObject(next) && isWhole(next)) found.push(next);
    else if (isObject(next)) open.push(...Object.values(next).reverse());
    else if (isArray(next)) open.push(...[...next].reverse());
  }
  return found;
}
