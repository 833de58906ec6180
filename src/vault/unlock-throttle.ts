/** The growing delay after wrong passwords. It slows down who sits at the keyboard; the KDF slows down everyone else. */
import * as v from 'valibot';

/** The wrong passwords so far, and when the next may be tried (ms since the epoch). */
export interface Tries {
  readonly count: number;
  readonly until: number;
}

/** Tries as they lie in the store; what does not read as such counts as none. */
export const TriesText = v.fallback(
  v.object({ count: v.pipe(v.number(), v.integer(), v.minValue(0)), until: v.number() }),
  { count: 0, until: 0 },
);

export const NO_TRIES: Tries = { count: 0, until: 0 };

const FREE = 3;
const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;

/** The tries after one more wrong password at `now`: three cost nothing, then the delay doubles, up to five minutes. */
export function afterWrongTry({ count }: Tries, now: number): Tries {
  return { count: count + 1, until: now + delayAfter(count + 1) };
}

/**
 * The tries as they count at `now`. An end further away than any delay shows that the clock was set back since: the
 * delay begins anew, so that it passes after at most five minutes of the new time.
 */
export function triesAt(tries: Tries, now: number): Tries {
  return tries.until - now > LONGEST_MS ? { ...tries, until: now + delayAfter(tries.count) } : tries;
}

/** How long to wait before the next try, in ms. */
export const waitBeforeTry = ({ until }: Tries, now: number): number => Math.max(until - now, 0);

function delayAfter(count: number): number {
  return count <= FREE ? 0 : Math.min(FIRST_MS * 2 ** (count - FREE - 1), LONGEST_MS);
}
