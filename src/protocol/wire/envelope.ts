import { decodeBase64, encodeBase64 } from '../../base64.ts';
import type { EnvelopeCode } from '../offer/codes.ts';
import {
  freezeBounded,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  own,
  ownText,
  parseJson,
} from './json.ts';

/** The decoded PAYMENT-REQUIRED header, frozen. Its parts are the server's own, key for key, ready to be echoed. */
export interface Envelope {
  /** Says what is paid for; has a `url` that is a text. Untrusted: `resource.ts` judges it. */
  readonly resource: JsonObject;
  /** The entries, not yet classified. */
  readonly accepts: readonly Json[];
  readonly extensions: JsonObject | undefined;
  /** Why the server asks again; the server's raw text. */
  readonly error: string | undefined;
}

export type DecodedEnvelope =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly code: EnvelopeCode };

const MAX_HEADER_CHARACTERS = 64 * 1024;

/**
 * Decodes the value of a PAYMENT-REQUIRED header (x402 v2, docs/WIRE.md §1.1, §3.10). Total: any text gives an
 * envelope or the code of the first thing wrong with it.
 */
export function decodeEnvelope(header: string): DecodedEnvelope {
  if (header.length > MAX_HEADER_CHARACTERS) return refused('TOO_LARGE');
  const bytes = decodeBase64(trimWhitespace(header));
  if (!bytes) return refused('BAD_BASE64');
  const text = decodeUtf8(bytes);
  if (text === undefined) return refused('BAD_UTF8');
  const value = parseJson(text);
  if (value === undefined) return refused('BAD_JSON');
  if (!isObject(value) || !freezeBounded(value)) return refused('BAD_SHAPE');
  return readEnvelope(value);
}

/** The value of a PAYMENT-SIGNATURE header: standard padded base64 of the payload as UTF-8 JSON. */
export function encodeProof(payload: JsonObject): string {
  return encodeBase64(new TextEncoder().encode(JSON.stringify(payload)));
}

/** Decodes base64 of a JSON object, frozen. Undefined for anything else: what servers answer may be any text. */
export function decodeObject(header: string): JsonObject | undefined {
  if (header.length > MAX_HEADER_CHARACTERS) return undefined;
  const bytes = decodeBase64(trimWhitespace(header));
  const text = bytes && decodeUtf8(bytes);
  const value = text === undefined ? undefined : parseJson(text);
  return isObject(value) && freezeBounded(value) ? value : undefined;
}

function readEnvelope(value: JsonObject): DecodedEnvelope {
  if (own(value, 'x402Version') !== 2) return refused('UNSUPPORTED_VERSION');
  const resource = own(value, 'resource');
  if (!isObject(resource) || !ownText(resource, 'url')) return refused('BAD_RESOURCE');
  const accepts = own(value, 'accepts');
  if (!isArray(accepts) || accepts.length < 1) return refused('BAD_ACCEPTS');
  const extensions = own(value, 'extensions');
  return {
    ok: true,
    envelope: {
      resource,
      accepts,
      extensions: isObject(extensions) ? extensions : undefined,
      error: ownText(value, 'error'),
    },
  };
}

function refused(code: EnvelopeCode): DecodedEnvelope {
  return { ok: false, code };
}

/** Removes the spaces and tabs that HTTP allows around a field value, in linear time for any text. */
function trimWhitespace(header: string): string {
  // Nothing beyond either end is a space: both loops end there.
  const isSpace = (at: number) => header[at] === ' ' || header[at] === '\t';
  let start = 0;
  let end = header.length;
  while (isSpace(start)) start += 1;
  while (isSpace(end - 1)) end -= 1;
  return header.slice(start, end);
}

function decodeUtf8(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    // A byte order mark is kept, and then refused by the JSON parser, as the reference servers do.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
