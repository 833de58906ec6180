import { Fault, faultOf } from '../fault.ts';
import { parseRaw, parseXno, type Raw } from '../nano/amount.ts';

/** The content of an amount field: an amount, or the fault in the text. */
export type AmountReading =
  | { readonly kind: 'amount'; readonly raw: Raw }
  | { readonly kind: 'none'; readonly fault: Fault };

/** `≈`, the sign of money that moves (no ASCII minus), and the units, as the purse and other wallets write them. */
const TYPED = /^(?:≈\s*)?[+−]?\s*(?:Ӿ\s*)?([\d.,'’\s]*\d[.,]?)\s*(xno|nano|Ӿ|raw)?$/iu;
/** Thousands apart by one separator, perhaps with decimals behind another. */
const GROUPED = /^(\d{1,3})((?:([\s.,'’])\d{3})(?:\3\d{3})*)(?:([.,])(\d+))?$/;
const PLAIN = /^(\d*)(?:[.,](\d*))?$/;

/**
 * Reads an amount as a person types or copies it: with a decimal point or comma, without the zero before it, with thousands
 * apart, with the unit, and in every way in which the purse itself writes amounts. Without a unit it is XNO.
 *
 * The fault is `fault_ambiguousAmount`, with both readings, for a text such as `1,234`, which means a thousand to some
 * and a little more than one to others; `fault_badAmount` for any other text that is no amount. A single point is always
 * decimal, as the purse writes it.
 */
export function readAmount(text: string): AmountReading {
  try {
    return { kind: 'amount', raw: read(text.trim()) };
  } catch (error) {
    return { kind: 'none', fault: faultOf(error) };
  }
}

function read(text: string): Raw {
  const [, number = '', unit = ''] = TYPED.exec(text) ?? [];
  const digits = number.trim();
  return unit.toLowerCase() === 'raw' ? parseRaw(digits) : parseXno(plain(digits));
}

/** A number with a decimal point and nothing else beside its digits. */
function plain(digits: string): string {
  const [, first = '', groups = '', separator, point, decimals] = GROUPED.exec(digits) ?? [];
  const isOneGroup = groups.length === ' 000'.length;
  // One point before three digits is a decimal point, and so is one comma after a zero.
  const isDecimal = isOneGroup && point === undefined && (separator === '.' || first === '0');
  if (separator === undefined || separator === point || isDecimal) return withPoint(digits);
  const whole = first + groups.replaceAll(separator, '');
  if (isOneGroup && point === undefined && separator === ',') {
    throw new Fault('fault_ambiguousAmount', [`${first}.${groups.slice(1)}`, whole]);
  }
  return decimals === undefined ? whole : `${whole}.${decimals}`;
}

function withPoint(digits: string): string {
  const [text, whole = '', decimals = ''] = PLAIN.exec(digits) ?? [];
  if (text === undefined || whole + decimals === '') throw new Fault('fault_badAmount');
  return decimals === '' ? whole : `${whole === '' ? '0' : whole}.${decimals}`;
}
