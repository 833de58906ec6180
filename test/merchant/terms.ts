import type { Encoding } from './envelope.ts';
import { BadRequest } from './http.ts';
import { isMechanismName, type MechanismName } from './mechanisms/mechanism.ts';

/** What one visit would cost and how it may be paid: the merchant's defaults, changed by the request's own query. */
export interface Terms {
  readonly priceRaw: bigint;
  /** One entry of `accepts[]` each, in this order. */
  readonly mechanisms: readonly MechanismName[];
  readonly expirySeconds: number;
  readonly encoding: Encoding;
  readonly description: string;
}

/** The query parameters that change the terms of a paid route. */
export const TERM_PARAMETERS = ['price', 'mechanism', 'expiry', 'encoding', 'description'] as const;

/** Reads the terms a query asks for. Throws a `BadRequest` that names the parameter which makes no sense. */
export function readTerms(query: URLSearchParams, defaults: Terms): Terms {
  return {
    priceRaw: readPrice(query.get('price')) ?? defaults.priceRaw,
    mechanisms: readMechanisms(query.get('mechanism')) ?? defaults.mechanisms,
    expirySeconds: readExpiry(query.get('expiry')) ?? defaults.expirySeconds,
    encoding: readEncoding(query.get('encoding')) ?? defaults.encoding,
    description: query.get('description') ?? defaults.description,
  };
}

function readPrice(text: string | null): bigint | undefined {
  if (text === null) return undefined;
  if (!/^[1-9][0-9]{0,38}$/.test(text)) throw new BadRequest('price: raw, a whole number above zero');
  return BigInt(text);
}

function readMechanisms(text: string | null): readonly MechanismName[] | undefined {
  if (text === null) return undefined;
  const names = text.split(',');
  if (!names.every(isMechanismName)) throw new BadRequest('mechanism: names joined by commas');
  return names;
}

function readExpiry(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new BadRequest('expiry: whole seconds above zero');
  return Number(text);
}

function readEncoding(text: string | null): Encoding | undefined {
  if (text === null) return undefined;
  if (text !== 'base64' && text !== 'base64url') throw new BadRequest('encoding: base64 or base64url');
  return text;
}
