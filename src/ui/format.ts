import type { RawString } from '../messages/fields.ts';
import { formatXno, parseBalance, type Raw } from '../nano/amount.ts';

const SHORT_DECIMALS = 6;
/** The smallest amount that six decimals can show (raw). */
const SMALLEST_SHOWN = 10n ** 24n;

export interface ShownAmount {
  readonly whole: string;
  /** The decimals with the decimal point; empty for a whole number. */
  readonly decimals: string;
  /** How the shown number relates to the exact one. */
  readonly relation: 'exact' | 'about' | 'below';
}

/**
 * Returns an amount with six decimals at most. An amount with more decimals is cut off and marked `about`; an amount too
 * small for six decimals is marked `below` the smallest one.
 */
export function shownAmount(amount: RawString): ShownAmount {
  const raw = parseBalance(amount);
  if (raw > 0n && raw < SMALLEST_SHOWN) {
    return { ...split(formatXno(SMALLEST_SHOWN as Raw)), relation: 'below' };
  }
  const short = formatXno(raw, { maxDecimals: SHORT_DECIMALS });
  return { ...split(short), relation: short === formatXno(raw) ? 'exact' : 'about' };
}

/** Returns a short amount as one text, for sentences: `≈ 1.234567`. */
export function shortXno(amount: RawString): string {
  const { whole, decimals, relation } = shownAmount(amount);
  return `${SIGNS[relation]}${whole}${decimals}`;
}

/** The sign before an amount that is not exact. */
export const SIGNS: Readonly<Record<ShownAmount['relation'], string>> = {
  exact: '',
  about: '≈\u202f',
  below: '<\u202f',
};

/** Returns the amount in XNO, rounded up to six decimals: for money that is missing, where less would not be enough. */
export function enoughXno(amount: RawString): string {
  const raw = parseBalance(amount);
  const steps = (raw + SMALLEST_SHOWN - 1n) / SMALLEST_SHOWN;
  return formatXno((steps * SMALLEST_SHOWN) as Raw);
}

/** Returns the exact amount in XNO. */
export function exactXno(amount: RawString): string {
  return formatXno(parseBalance(amount));
}

function split(text: string): Pick<ShownAmount, 'whole' | 'decimals'> {
  const [whole = '0', decimals] = text.split('.');
  return { whole: grouped(whole), decimals: decimals === undefined ? '' : `.${decimals}` };
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
