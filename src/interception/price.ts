import * as v from 'valibot';

/** A response header, as the browser lists it. */
export interface HeaderField {
  readonly name: string;
  readonly value?: string | undefined;
}

/** The price of a 402 without PAYMENT-REQUIRED: its plain headers about payment (docs/WIRE.md §3.11). */
export interface PlainPrice {
  /** Every `X-Payment-…` header, as it came. */
  readonly headers: readonly HeaderField[];
  /** The body, where the browser lets it be read and it is short. */
  readonly bodyText?: string;
}

/** What a 402 says of its price: the raw value of PAYMENT-REQUIRED; or, where there is none, its plain headers. */
export type Price = string | PlainPrice;

export const StoredPrice = v.union([
  v.string(),
  v.strictObject({
    headers: v.array(v.strictObject({ name: v.string(), value: v.optional(v.string()) })),
    bodyText: v.exactOptional(v.string()),
  }),
]) satisfies v.GenericSchema<unknown, Price>;

/** More headers than these, longer values and longer bodies state no plain price (characters). */
const MOST = { headers: 16, value: 1024, body: 8 * 1024 };

const OF_PAYMENT = /^x-payment-/i;
/** The headers that state a plain price together, and those of other ways to be paid. */
const STATING = ['x-payment-address', 'x-payment-amount-raw'];
const OF_OTHER_WAYS = ['payment-required', 'x-payment-id', 'x-payment-amount'];

/** Finds the plain price among the headers of a 402; null where there is none. What it says is read, and judged, later. */
export function plainPriceIn(headers: readonly HeaderField[] = []): PlainPrice | null {
  const has = (wanted: string) => headers.some(({ name }) => name.toLowerCase() === wanted);
  if (!STATING.every(has) || OF_OTHER_WAYS.some(has)) return null;
  const relevant = headers.filter(({ name }) => OF_PAYMENT.test(name));
  const isTooMuch =
    relevant.length > MOST.headers || relevant.some(({ value = '' }) => value.length > MOST.value);
  return isTooMuch ? null : { headers: relevant.map(({ name, value = '' }) => ({ name, value })) };
}

/** A plain price with the body that came with it, where one was read. A longer body repeats no price. */
export function withBody({ headers }: PlainPrice, bodyText: string | undefined): PlainPrice {
  return bodyText === undefined || bodyText.length > MOST.body ? { headers } : { headers, bodyText };
}
