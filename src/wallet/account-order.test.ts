import { expect, test } from 'vitest';
import { MOST_ACCOUNTS } from '../nano/seed.ts';
import { drawOrder } from './account-order.ts';

/** The order of the seed itself. */
const IN_ORDER = Array.from({ length: MOST_ACCOUNTS }, (_, index) => index);

test('drawOrder draws each order of all accounts at random', () => {
  const drawn = Array.from({ length: 400 }, drawOrder);
  for (const order of drawn) expect(order.toSorted((one, other) => one - other)).toEqual(IN_ORDER);
  // Each account comes first about once in eight: far from the bounds, by more than eight standard deviations.
  const firsts = IN_ORDER.map((index) => drawn.filter(([first]) => first === index).length);
  for (const count of firsts) expect([count > 0, count < 105]).toEqual([true, true]);
});
