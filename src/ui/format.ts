import type { RawString } from '../messages/fields.ts';
import {
  formatXno,
  LARGEST_TAG,
  PRICE_PER_TAG,
  parseBalance,
  type Raw,
  roundRaw,
  SHOWN_STEP,
} from '../nano/amount.ts';

/** How many tags may be missing from a balance for it to be shown as if none were: as many as payments leave in years. */
const TAGS_PER_BALANCE = 1000n;

/**
 * What an amount is shown for. `moved`: a price, or money that moves. `held`: money that can be spent, such as a balance or
 * what is left of a budget.
 */
export type AmountUse = 'moved' | 'held';

export interface ShownAmount {
  readonly whole: string;
  /** The decimals with the decimal point; empty for a whole number. */
  readonly decimals: string;
  /** How the shown number relates to the exact one. `tags`: they differ by session tags only, which is no money. */
  readonly relation: 'exact' | 'tags' | 'about' | 'below';
}

/**
 * Returns an amount with six decimals at most, rounded to the nearest. What differs from the number by more than session
 * tags is marked `about`; what is too small for six decimals is marked `below` the smallest one. Money that is `held` is
 * rounded down, but for tags, so that it never seems enough for a price that it cannot pay: 1 XNO less five payments of
 * 0.01 XNO and their tags is 0.95, and 0.9499996 XNO is about 0.949999.
 */
export function shownAmount(amount: RawString, use: AmountUse = 'moved'): ShownAmount {
  return written(rounded(parseBalance(amount), use));
}

/**
 * Returns the shown form of held money beside a price. Where it cannot pay the price, its number is always the smaller
 * one of the two, at most two millionths of a XNO below what is held. Prices below a millionth of a XNO are no numbers.
 */
export function shownBeside(amount: RawString, price: RawString): ShownAmount {
  const [raw, of] = [parseBalance(amount), parseBalance(price)];
  const held = rounded(raw, 'held');
  const shown = rounded(of, 'moved').number;
  if (raw >= of || held.number < shown || of < SHOWN_STEP) return written(held);
  return written({ number: least(down(raw), shown - SHOWN_STEP), relation: 'about' });
}

/** Returns a short amount as one text, for sentences: `≈ 1.234567`. */
export function shortXno(amount: RawString, use: AmountUse = 'moved'): string {
  return textOf(shownAmount(amount, use));
}

/** Returns a shown amount as one text. */
export function textOf({ whole, decimals, relation }: ShownAmount): string {
  return `${SIGNS[relation]}${whole}${decimals}`;
}

/** The sign before an amount that is not as shown. */
export const SIGNS: Readonly<Record<ShownAmount['relation'], string>> = {
  exact: '',
  tags: '',
  about: '≈\u202f',
  below: '<\u202f',
};

/** Returns the amount in XNO, rounded up to six decimals: for money that is missing, where less would not be enough. */
export function enoughXno(amount: RawString): string {
  return formatXno(down(parseBalance(amount) + SHOWN_STEP - 1n) as Raw);
}

/** Returns the exact amount in XNO. */
export function exactXno(amount: RawString): string {
  return formatXno(parseBalance(amount));
}

interface Rounded {
  /** Raw, a multiple of the smallest amount that can be shown. */
  readonly number: bigint;
  readonly relation: ShownAmount['relation'];
}

function rounded(raw: bigint, use: AmountUse): Rounded {
  const nearest = roundRaw(raw);
  if (nearest === raw) return { number: nearest, relation: 'exact' };
  if (isTags(nearest - raw, raw)) return { number: nearest, relation: 'tags' };
  if (raw < SHOWN_STEP) return { number: SHOWN_STEP, relation: 'below' };
  return { number: use === 'held' ? down(raw) : nearest, relation: 'about' };
}

/** Whether a difference from an amount is no more than session tags. */
function isTags(difference: bigint, amount: bigint): boolean {
  const size = difference < 0n ? -difference : difference;
  return size <= LARGEST_TAG * TAGS_PER_BALANCE && size * PRICE_PER_TAG <= amount;
}

const down = (raw: bigint): bigint => raw - (raw % SHOWN_STEP);
const least = (one: bigint, other: bigint): bigint => (one < other ? one : other);

function written({ number, relation }: Rounded): ShownAmount {
  const [whole = '0', decimals] = formatXno(number as Raw).split('.');
  return { whole: grouped(whole), decimals: decimals === undefined ? '' : `.${decimals}`, relation };
}

/** Groups thousands by a narrow space, which no locale reads as a decimal sign. Four digits are not grouped. */
function grouped(whole: string): string {
  return whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

const HEAD = 'nano_'.length + 7;
const TAIL = 7;

/** Returns an account shortened to its two ends. */
export function shortAccount(account: string): string {
  return account.length <= HEAD + TAIL ? account : `${account.slice(0, HEAD)}…${account.slice(-TAIL)}`;
}
