import type { Challenge } from '../interception/challenge.ts';
import type { Arrival } from '../protocol/offer/life.ts';

/** The arrival of a 402, by both clocks. */
export function arrivalOf({ seenAt, serverDate }: Pick<Challenge, 'seenAt' | 'serverDate'>): Arrival {
  return { arrivedAt: seenAt, serverDate };
}
