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
  const next = count + 1;
  const delay = next <= FREE ? 0 : Math.min(FIRST_MS * 2 ** (next - FREE - 1), LONGEST_MS);
  return { count: next, until: now + delay };
}

/** How long to wait before the next try, in ms. A clock that was set back does not make it longer. */
export const waitBeforeTry = ({ until }: Tries, now: number): number =>
  Math.min(Math.max(until - now, 0), LONGEST_MS);
