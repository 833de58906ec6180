import type { RawString } from '../messages/fields.ts';
import type { Currency } from '../messages/settings.ts';
import { parseBalance, parseXno, RAW_PER_XNO } from '../nano/amount.ts';

/** The smallest value that is written out, in units of the currency. */
const SMALLEST = 0.000001;
/** From so many of its smallest coins on, a value is rounded to one of them; a smaller one has two digits. */
const COINS = 10;

/** What an amount is worth: about what the text says, or below it. */
export interface Worth {
  readonly relation: 'about' | 'below';
  readonly text: string;
}

/**
 * Returns what an amount is worth at a rate, as the language of `locale` writes money: about `€0.26` or `€0.0085`, below
 * `€0.000001`. It is for people to read, and no sum to count with.
 */
export function worthOf(amount: RawString, { code, rate }: Currency, locale?: string): Worth {
  const worth = (parseBalance(amount) * parseXno(rate)) / RAW_PER_XNO;
  const value = Number(worth) / Number(RAW_PER_XNO);
  const isBelow = amount !== '0' && value < SMALLEST;
  return {
    relation: isBelow ? 'below' : 'about',
    text: written(isBelow ? SMALLEST : value, code, locale),
  };
}

function written(value: number, code: string, locale: string | undefined): string {
  const currency = { style: 'currency', currency: code } as const;
  const usual = new Intl.NumberFormat(locale, currency);
  const coins = value * 10 ** (usual.resolvedOptions().maximumFractionDigits ?? 0);
  const isSmall = value > 0 && coins < COINS;
  return (
    isSmall ? new Intl.NumberFormat(locale, { ...currency, maximumSignificantDigits: 2 }) : usual
  ).format(value);
}
