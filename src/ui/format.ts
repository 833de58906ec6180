import type { RawString } from '../messages/views.ts';
import { formatXno, parseBalance, type Raw } from '../nano/amount.ts';

const SHORT_DECIMALS = 6;
/** The least amount that six decimals can tell from nothing (raw). */
const SMALLEST_SHOWN = 10n ** 24n;

export interface ShownAmount {
  readonly whole: string;
  /** With its point, or empty. */
  readonly decimals: string;
  /** How the shown number stands to the true one. */
  readonly relation: 'exact' | 'about' | 'below';
}

/**
 * An amount short enough to read at a glance. What does not fit into six decimals is cut off and said to be `about`;
 * an amount too small for them is said to be `below` the smallest.
 */
export function shownAmount(amount: RawString): ShownAmount {
  const raw = parseBalance(amount);
  if (raw > 0n && raw < SMALLEST_SHOWN) {
    return { ...split(formatXno(SMALLEST_SHOWN as Raw)), relation: 'below' };
  }
  const short = formatXno(raw, { maxDecimals: SHORT_DECIMALS });
  return { ...split(short), relation: short === formatXno(raw) ? 'exact' : 'about' };
}

/** The same as one text, for sentences: `≈ 1.234567`. */
export function shortXno(amount: RawString): string {
  const { whole, decimals, relation } = shownAmount(amount);
  return `${SIGNS[relation]}${whole}${decimals}`;
}

/** What stands before an amount that is not exact. */
export const SIGNS: Readonly<Record<ShownAmount['relation'], string>> = {
  exact: '',
  about: '≈\u202f',
  below: '<\u202f',
};

/** At least the amount, in XNO with six decimals at most: for what has to be sent, where too little is of no use. */
export function enoughXno(amount: RawString): string {
  const raw = parseBalance(amount);
  const steps = (raw + SMALLEST_SHOWN - 1n) / SMALLEST_SHOWN;
  return formatXno((steps * SMALLEST_SHOWN) as Raw);
}

/** The amount to the last raw, in XNO. */
export function exactXno(amount: RawString): string {
  return formatXno(parseBalance(amount));
}

function split(text: string): Pick<ShownAmount, 'whole' | 'decimals'> {
  const [whole = '0', decimals] = text.split('.');
  return { whole: grouped(whole), decimals: decimals === undefined ? '' : `.${decimals}` };
}

/** Thousands apart by a narrow space, which no locale reads as a decimal sign; four digits stay together. */
function grouped(whole: string): string {
  return whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

const HEAD = 'nano_'.length + 7;
const TAIL = 7;

/** An account by its two ends, as people compare it. */
export function shortAccount(account: string): string {
  return account.length <= HEAD + TAIL ? account : `${account.slice(0, HEAD)}…${account.slice(-TAIL)}`;
}
