import { mechanismOf } from '../mechanisms/index.ts';
import type { Mechanism } from '../offer/offer.ts';
import { decodeObject, encodeProof } from '../wire/envelope.ts';
import { isObject, type JsonObject, own, ownText } from '../wire/json.ts';

/** The fields of a block that are hex in upper case when it is first handed over. */
const UPPER_CASE = ['previous', 'link', 'signature'];

/**
 * The JSON body of the POST that takes a proof once more, to the same path, when a Rev 7 server answered 410
 * `SESSION_LOST` for a payment already made (docs/WIRE.md §3.4). It needs no PAYMENT-SIGNATURE beside it.
 */
export function fallbackBody(proof: string): string {
  return JSON.stringify({ paymentSignature: proof });
}

/**
 * The same proof, block, id and echo, with the block's hex in lower case, for a Track A server that took the upper case
 * for malformed (docs/WIRE.md §4.9). Undefined for every other proof and for one already written so: there
 * is one such second try.
 */
export function lowerCaseProof(proof: string): string | undefined {
  const object = decodeObject(proof);
  if (!object || mechanismIn(object) !== 'trackA') return undefined;
  const payload = own(object, 'payload');
  const block = isObject(payload) ? own(payload, 'block') : undefined;
  if (!isObject(block)) return undefined;
  const lower = UPPER_CASE.map((key) => [key, (ownText(block, key) ?? '').toLowerCase()] as const);
  if (lower.every(([key, text]) => text === own(block, key))) return undefined;
  return encodeProof({ ...object, payload: { block: { ...block, ...Object.fromEntries(lower) } } });
}

/** Which mechanism a proof of ours is for; undefined for a text that is none. */
export function mechanismOfProof(proof: string): Mechanism | undefined {
  const object = decodeObject(proof);
  return object && mechanismIn(object);
}

function mechanismIn(proof: JsonObject): Mechanism | undefined {
  const accepted = own(proof, 'accepted');
  if (!isObject(accepted)) return undefined;
  const extra = own(accepted, 'extra') ?? {};
  const kind = isObject(extra) ? mechanismOf(extra) : undefined;
  return typeof kind === 'object' ? kind.name : undefined;
}
