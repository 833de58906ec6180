/**
 * How long an offer lives (docs/WIRE.md §7.27). Its own expiry is a time by the clock of its server, which says in the `Date`
 * of its 402 what that clock shows. Everything that follows uses this machine's clock, so the expiry is carried over once.
 */
import type { TimeoutMeaning } from './expiry.ts';

/** The longest life of an offer after its 402 arrived (ms). */
export const LONGEST_LIFE = 60 * 60_000;

/** The price of an offer without an expiry is good for this long after its arrival (ms), and for more where it says more. */
const PRICE_LIFE = 5 * 60_000;

/** By more than this two clocks differ enough to be told to the user (ms). */
const TOLD_FROM = 60_000;

/** The arrival of a 402, by both clocks. */
export interface Arrival {
  /** By the clock of this machine (ms since the epoch). */
  readonly arrivedAt: number;
  /** By the clock of the server (ms since the epoch), where that counts: the `Date` of a 402 that no cache has kept. */
  readonly serverDate?: number | undefined;
}

/** By how much the clock of the server is ahead of this machine's (ms); 0 where this machine's clock counts. */
export function skewOf({ arrivedAt, serverDate = arrivedAt }: Arrival): number {
  return serverDate - arrivedAt;
}

/** By how much the clock of the server is ahead of this machine's (ms), where that is to be told to the user; else null. */
export function toldSkew(arrival: Arrival): number | null {
  const skew = skewOf(arrival);
  return Math.abs(skew) > TOLD_FROM ? skew : null;
}

/** When an offer is over by its `maxTimeoutSeconds` (ms, this machine's clock), as `readTimeout` read that. */
export function endOf(
  meaning: TimeoutMeaning,
  seconds: number | undefined,
  arrivedAt: number,
): number | 'BAD_TIMEOUT' {
  switch (meaning) {
    case 'life':
      return seconds === undefined ? 'BAD_TIMEOUT' : arrivedAt + Math.min(seconds * 1000, LONGEST_LIFE);
    case 'confirmation': {
      const wait = (seconds ?? 0) * 1000;
      return arrivedAt + Math.min(Math.max(wait, PRICE_LIFE), LONGEST_LIFE);
    }
  }
}
