import { isArray, isObject, type JsonObject, own, ownText, parseJson } from '../wire/json.ts';
import type { LegacyCode } from './codes.ts';

/** A 402 as far as it may show an earlier protocol. */
export interface LegacyResponse {
  /** The response headers, names in any case, as `webRequest` lists them. */
  readonly headers: readonly { readonly name: string; readonly value?: string | undefined }[];
  /** The body, where the browser lets us read it. */
  readonly bodyText?: string;
}

const MAX_TEXT = 64 * 1024;
const ADDRESS = /^(nano|xrb)_/;

/**
 * Recognises a 402 of an earlier protocol, so that the log can say why it is not paid: x402.NanoSession Rev 1 to 5
 * (docs/WIRE.md §3.1, §3.2) by header or body, x402 v1 (§1.2) by body. None of them is ever paid: their servers and
 * specifications do not agree on what to send. Undefined for any other response, and for one with PAYMENT-REQUIRED.
 */
export function recogniseLegacy({ headers, bodyText }: LegacyResponse): LegacyCode | undefined {
  const named = new Map(headers.map(({ name, value = '' }) => [name.toLowerCase(), value]));
  if (named.has('payment-required')) return undefined;
  if (hasPlainHeaders(named)) return 'LEGACY_UNSUPPORTED';
  const requirements = readObject(named.get('x-payment-required'));
  if (requirements && isSession(requirements)) return 'LEGACY_UNSUPPORTED';
  const body = readObject(bodyText);
  return body && recogniseBody(body);
}

/** Rev 1 to 4 name the payee in X-402-Address, Rev 5 in X-PAYMENT-ADDRESS; a price stands beside it. */
function hasPlainHeaders(named: ReadonlyMap<string, string>): boolean {
  const pays = (address: string, price: string) => ADDRESS.test(named.get(address) ?? '') && named.has(price);
  return pays('x-402-address', 'x-402-price-raw') || pays('x-payment-address', 'x-payment-amount');
}

function recogniseBody(body: JsonObject): LegacyCode | undefined {
  if (own(body, 'payment_required') === 'x402.NanoSession') return 'LEGACY_UNSUPPORTED';
  const accepts = own(body, 'accepts');
  const entries = isArray(accepts) ? accepts.filter((entry) => isObject(entry)) : [];
  if (entries.some(isSession)) return 'LEGACY_UNSUPPORTED';
  if (own(body, 'x402Version') !== 1) return undefined;
  return entries.some((entry) => ownText(entry, 'network')?.startsWith('nano:'))
    ? 'V1_NANO_FAREMETER'
    : 'V1_IGNORE';
}

function isSession(requirements: JsonObject): boolean {
  return own(requirements, 'scheme') === 'nano-session';
}

function readObject(text: string | undefined): JsonObject | undefined {
  if (text === undefined || text.length > MAX_TEXT) return undefined;
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}
