import type { DialectCode } from '../offer/codes.ts';
import type { PaymentLink } from './payment-link.ts';
import type { Readable } from './response.ts';

/** A way to ask for money that the wallet recognises by name and does not pay. */
export interface Recognised {
  readonly code: DialectCode;
  /** The words of its sentence: names of protocols and coins. A server's texts are cleaned. */
  readonly args: readonly string[];
  /** How a person can pay by hand; null where the response does not say, or says it in a way that loses money. */
  readonly link: PaymentLink | null;
}

/** Recognises one way, or a family of ways; undefined for any other response. */
export type Recogniser = (response: Readable) => Recognised | undefined;

/** The result of a recogniser. */
export function named(code: DialectCode, link: PaymentLink | null = null, ...args: string[]): Recognised {
  return { code, args, link };
}
