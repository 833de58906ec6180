import { BURN_ADDRESS, hasAddressForm, type NanoAddress, readAddress } from '../nano/account.ts';
import { isCanonicalRaw, parseRaw, type Raw, ZERO } from '../nano/amount.ts';
import { cleanText } from './wire/clean-text.ts';

/** What a payment URI asks for. */
export interface PaymentUri {
  readonly kind: 'payment';
  readonly payTo: NanoAddress;
  /** Raw; null where the payer chooses. */
  readonly amount: Raw | null;
  /** Who is paid, in the words of the link. */
  readonly label: string | null;
  /** What for, in the words of the link. */
  readonly message: string | null;
}

/** Why a payment URI is refused: the key of the sentence that says it. */
export type UriRefusal =
  | 'fault_burnAddress'
  | 'link_amountCurrency'
  | 'link_amountDecimal'
  | 'link_amountNegative'
  | 'link_amountTooLarge'
  | 'link_amountZero'
  | 'link_badAddress'
  | 'link_badAmount'
  | 'link_badChecksum'
  | 'link_badEncoding'
  | 'link_hiddenCharacters'
  | 'link_otherNetwork'
  | 'link_otherScheme'
  | 'link_tooLong'
  | 'link_twice';

export type UriReading = PaymentUri | { readonly kind: 'refused'; readonly reason: UriRefusal };

/** The longest URI that is read (characters). */
export const LONGEST_URI = 2048;
/** How much of the link's own words is kept (characters). */
const LONGEST_LABEL = 80;
const LONGEST_MESSAGE = 200;

type Field = 'amount' | 'label' | 'message';

interface Scheme {
  readonly start: RegExp;
  /** The unit that may stand before the digits of an amount. */
  readonly unit: RegExp | null;
  readonly fields: ReadonlyMap<string, Field>;
}

/** The schemes, each with the parameters that are read (docs/WIRE.md §12). */
const SCHEMES: readonly Scheme[] = [
  {
    start: /^nano:/i,
    unit: null,
    fields: new Map([
      ['amount', 'amount'],
      ['label', 'label'],
      ['message', 'message'],
    ]),
  },
  {
    start: /^payto:\/\/nano\//i,
    unit: /^RAW:/i,
    fields: new Map([
      ['amount', 'amount'],
      ['nano-raw', 'amount'],
      ['receiver-name', 'label'],
      ['receiver_name', 'label'],
      ['message', 'message'],
    ]),
  },
];

/** Control and direction characters: text that has them reads otherwise than it is. */
const HIDDEN = /[\p{Cc}\p{Bidi_Control}]/u;

/**
 * Reads a payment URI, `nano:ADDRESS?amount=RAW&label=…&message=…` or `payto://nano/ADDRESS?nano-raw=RAW…` (docs/WIRE.md
 * §12). Any text has a reading. Unknown parameters are ignored; everything else that is not exactly as it must be is refused.
 */
export function readPaymentUri(text: string): UriReading {
  try {
    return read(text);
  } catch (failure) {
    if (failure instanceof Refused) return { kind: 'refused', reason: failure.reason };
    throw failure;
  }
}

/** Ends a reading. It does not leave this module. */
class Refused extends Error {
  readonly reason: UriRefusal;
  constructor(reason: UriRefusal) {
    super(reason);
    this.reason = reason;
  }
}

function read(text: string): PaymentUri {
  if (text.length > LONGEST_URI) throw new Refused('link_tooLong');
  const scheme = SCHEMES.find(({ start }) => start.test(text));
  if (scheme === undefined) throw new Refused('link_otherScheme');
  const [, path = '', query = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(text.replace(scheme.start, '')) ?? [];
  const payTo = readPayTo(path);
  const fields = readFields(query, scheme.fields);
  const amount = fields.get('amount');
  return {
    kind: 'payment',
    payTo,
    amount: amount === undefined ? null : readAmount(amount, scheme),
    label: readWords(fields.get('label'), LONGEST_LABEL),
    message: readWords(fields.get('message'), LONGEST_MESSAGE),
  };
}

function readPayTo(path: string): NanoAddress {
  if (HIDDEN.test(decode(path))) throw new Refused('link_hiddenCharacters');
  // Some payto links end the path with a slash.
  const text = path.replace(/\/$/, '');
  const address = readAddress(text)?.address;
  if (address === BURN_ADDRESS) throw new Refused('fault_burnAddress');
  if (address !== undefined) return address;
  if (hasAddressForm(text)) throw new Refused('link_badChecksum');
  throw new Refused(/^(?!nano_|xrb_)[a-z0-9]+_/i.test(text) ? 'link_otherNetwork' : 'link_badAddress');
}

/** The values of the known parameters, decoded. */
function readFields(query: string, known: ReadonlyMap<string, Field>): ReadonlyMap<Field, string> {
  const fields = new Map<Field, string>();
  for (const part of query.split('&')) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(part) ?? [];
    const field = known.get(decode(name));
    if (field === undefined) continue;
    if (fields.has(field)) throw new Refused('link_twice');
    fields.set(field, decode(value));
  }
  return fields;
}

function readAmount(text: string, { unit }: Scheme): Raw {
  const digits = unit === null ? text : text.replace(unit, '');
  if (isCanonicalRaw(digits)) {
    const amount = parseRaw(digits);
    if (amount === ZERO) throw new Refused('link_amountZero');
    return amount;
  }
  if (/^[a-z]+:/i.test(digits)) throw new Refused('link_amountCurrency');
  if (/^-\s*[\d.,]/.test(digits)) throw new Refused('link_amountNegative');
  if (/^\d*[.,]\d*$/.test(digits)) throw new Refused('link_amountDecimal');
  throw new Refused(/^[1-9]\d*$/.test(digits) ? 'link_amountTooLarge' : 'link_badAmount');
}

function readWords(text: string | undefined, most: number): string | null {
  if (text === undefined) return null;
  if (HIDDEN.test(text)) throw new Refused('link_hiddenCharacters');
  return cleanText(text, most) || null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refused('link_badEncoding');
  }
}
