import type { Encoding, PaymentRequired, Presented } from './envelope.ts';
import type { Refusal } from './mechanisms/mechanism.ts';
import type { SettledPayment } from './spent.ts';

export const FLAVOURS = ['spec', 'reference'] as const;

/** Whether responses follow the specifications, or the reference servers (docs/WIRE.md §4). */
export type Flavour = (typeof FLAVOURS)[number];

/** A refusal as one particular server puts it on the wire. */
export interface Wording {
  readonly status: number;
  /** What the body holds, as JSON. */
  readonly body: unknown;
  /** What `PAYMENT-RESPONSE` holds; absent where that server sends none. */
  readonly receipt?: unknown;
  /** Whether a 402 brings a fresh `PAYMENT-REQUIRED`. */
  readonly offersAgain: boolean;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * How the reference server of one mechanism writes what has been decided. It decides nothing: its holes are not here
 * (docs/WIRE.md §4.13 to §4.16, §4.19, §4.20, §4.25), only its shapes, its words and its status codes.
 */
export interface Habits {
  /** The alphabet of its headers. */
  readonly encoding: Encoding;
  /** The body of its 402. */
  readonly demand: (required: PaymentRequired) => unknown;
  /** What `PAYMENT-RESPONSE` holds beside the content; undefined where it sends none. */
  readonly receipt: (payment: SettledPayment, network: string) => unknown;
  /** A refusal in its words. `presented` is undefined for a header that could not be read. */
  readonly refusal: (refusal: Refusal, presented: Presented | undefined, network: string) => Wording;
}
