/** The growing delay after wrong passwords. It slows down guesses at the keyboard; the KDF slows down all others. */
import * as v from 'valibot';

/** The wrong passwords so far, and when the next may be tried (ms since the epoch). */
export interface Tries {
  readonly count: number;
  readonly until: number;
}

/** No wrong password yet. */
export const NO_TRIES: Tries = { count: 0, until: 0 };

/** Tries as the store has them; an invalid value counts as no tries. */
export const TriesText = v.fallback(
  v.object({ count: v.pipe(v.number(), v.integer(), v.minValue(0)), until: v.number() }),
  NO_TRIES,
);

const FREE = 3;
const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;

/** The tries after one more wrong password at `now`: the first three cause no delay, then it doubles, up to five minutes. */
export function afterWrongTry({ count }: Tries, now: number): Tries {
  return { count: count + 1, until: now + delayAfter(count + 1) };
}

/**
 * The tries as they count at `now`. An end that is further away than any delay shows that the clock was set back: the
 * delay starts again, so that it ends after at most five minutes of the new time.
 */
export function triesAt(tries: Tries, now: number): Tries {
  return tries.until - now > LONGEST_MS ? { ...tries, until: now + delayAfter(tries.count) } : tries;
}

/** How long to wait before the next try, in ms. */
export const waitBeforeTry = ({ until }: Tries, now: number): number => Math.max(until - now, 0);

function delayAfter(count: number): number {
  return count <= FREE ? 0 : Math.min(FIRST_MS * 2 ** (count - FREE - 1), LONGEST_MS);
}
