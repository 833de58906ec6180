import * as v from 'valibot';

/** The two base64 alphabets seen in the wild: x402's own, and the one of the successor's servers. */
export type Encoding = 'base64' | 'base64url';

/** One entry of `accepts[]`: what to pay, to whom, and how it will be proven (docs/WIRE.md §2). */
export interface AcceptsEntry {
  readonly scheme: 'exact';
  readonly network: string;
  readonly asset: 'XNO';
  readonly amount: string;
  readonly payTo: string;
  readonly maxTimeoutSeconds: number;
  readonly extra: Readonly<Record<string, unknown>>;
}

/** What `PAYMENT-REQUIRED` holds (docs/WIRE.md §1.1). */
export interface PaymentRequired {
  readonly x402Version: 2;
  readonly error: string;
  readonly resource: { readonly url: string; readonly description: string; readonly mimeType: string };
  readonly accepts: readonly AcceptsEntry[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const JsonObject = v.record(v.string(), v.unknown());
const CanonicalRaw = v.pipe(v.string(), v.regex(/^(0|[1-9][0-9]*)$/));
const PaymentPayload = v.looseObject({
  x402Version: v.number(),
  accepted: v.looseObject({ amount: CanonicalRaw, extra: JsonObject }),
  payload: JsonObject,
  extensions: v.exactOptional(JsonObject),
});

/** A decoded `PAYMENT-SIGNATURE`. `accepted` is the client's echo and proves nothing by itself. */
export interface Presented {
  readonly accepted: { readonly extra: Readonly<Record<string, unknown>> } & Readonly<
    Record<string, unknown>
  >;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** A value as a header: JSON, UTF-8, base64. */
export function encodeHeader(value: unknown, encoding: Encoding = 'base64'): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString(encoding);
}

/** Reads a `PAYMENT-SIGNATURE`, either alphabet, padded or not. Undefined when it is not one. */
export function decodePayload(header: string, anyVersion = false): Presented | undefined {
  if (!/^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$/.test(header)) return undefined;
  const json = parseJson(Buffer.from(header, 'base64').toString('utf8'));
  if (!v.is(PaymentPayload, json) || (json.x402Version !== 2 && !anyVersion)) return undefined;
  const { accepted, payload, extensions = {} } = json;
  return { accepted, payload, extensions };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
