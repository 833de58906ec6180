import type { Sentence } from '../../../fault.ts';
import { type Currency, RATE_DECIMALS } from '../../../messages/settings.ts';
import { exactXno } from '../../../ui/format.ts';
import { readAmount } from '../../../ui/typed-amount.ts';

export type CurrencyReading =
  /** Null where both fields are empty: no values are shown. */
  | { readonly kind: 'read'; readonly currency: Currency | null }
  | { readonly kind: 'badCode' }
  | { readonly kind: 'badRate'; readonly fault: Sentence }
  /** One of the fields is still empty. */
  | { readonly kind: 'unfinished' };

/** How many digits a rate has at most before its point. */
const WHOLE_DIGITS = 8;

/** Reads the code of a currency, in either case, and what 1 XNO costs in it, with a decimal point or comma. */
export function readCurrency(code: string, rate: string): CurrencyReading {
  const [name, number] = [code.trim().toUpperCase(), rate.trim()];
  if (name === '' && number === '') return { kind: 'read', currency: null };
  if (name !== '' && !Intl.supportedValuesOf('currency').includes(name)) return { kind: 'badCode' };
  if (number === '') return { kind: 'unfinished' };
  const reading = readAmount(number);
  if (reading.kind === 'none') return { kind: 'badRate', fault: reading.fault };
  const [whole = '', decimals = ''] = exactXno(reading.raw.toString()).split('.');
  const kept = decimals.slice(0, RATE_DECIMALS).replace(/0+$/, '');
  const text = kept === '' ? whole : `${whole}.${kept}`;
  if (text === '0' || whole.length > WHOLE_DIGITS)
    return { kind: 'badRate', fault: { key: 'fault_badAmount', args: [] } };
  return name === '' ? { kind: 'unfinished' } : { kind: 'read', currency: { code: name, rate: text } };
}
