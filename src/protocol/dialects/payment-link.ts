import { BURN_ADDRESS, type NanoAddress, readAddress } from '../../nano/account.ts';
import { type Raw, ZERO } from '../../nano/amount.ts';
import { readAmount } from '../offer/amounts.ts';
import { readPaymentUri } from '../payment-uri.ts';
import type { Json } from '../wire/json.ts';

/** A payment that a person can make by hand. */
export interface PaymentLink {
  readonly payTo: NanoAddress;
  readonly amount: Raw;
}

/** The URI of a payment that Nano wallets open. It is made from what was checked, and never is a server's own text. */
export const nanoUri = ({ payTo, amount }: PaymentLink): string => `nano:${payTo}?amount=${amount}`;

/** Reads a payee: an address with a right checksum, but not the burn account (docs/WIRE.md §7.3). */
export function readPayee(value: Json | undefined): NanoAddress | undefined {
  const address = readAddress(value)?.address;
  return address === BURN_ADDRESS ? undefined : address;
}

/** Reads an amount of raw above zero (docs/WIRE.md §7.1). */
export function readPrice(value: Json | undefined): Raw | undefined {
  const amount = readAmount(value);
  return amount === ZERO ? undefined : amount;
}

/** Reads an amount of XNO that can be no raw: one with a decimal point, above zero. */
export function readDecimalPrice(text: string | undefined): Raw | undefined {
  const [, whole, places] = /^(\d{1,10})\.(\d{1,30})$/.exec(text ?? '') ?? [];
  if (whole === undefined || places === undefined) return undefined;
  return readPrice(BigInt(whole + places.padEnd(30, '0')).toString());
}

/** The payment to a payee, where both are as they must be. */
export function linkOf(payTo: NanoAddress | undefined, amount: Raw | undefined): PaymentLink | null {
  return payTo === undefined || amount === undefined ? null : { payTo, amount };
}

/** `<nano:ADDRESS?amount=RAW>` with the relation `payment`, one of the links of a Link header (RFC 8288). */
const LINK = /<(nano:[a-z0-9_]{1,80}\?amount=\d{1,40})>[^<,]*;\s*rel="?payment"?/i;

/** Reads the payment link of a Link header's value. */
export function readPaymentLink(value: string): PaymentLink | null {
  const [, uri = ''] = LINK.exec(value) ?? [];
  const read = readPaymentUri(uri);
  return read.kind === 'payment' && read.amount !== null ? { payTo: read.payTo, amount: read.amount } : null;
}
