import { expect, test } from 'vitest';
import type { UseView } from '../messages/budget.ts';
import { leftOf, mostUsed, shareUsed } from './uses.ts';

const use = (spent: string, of: string): UseView => ({ limit: 'perDay', spent, of, mark: 0 });

test.each([
  ['0', '3', 0],
  ['1', '3', 333],
  ['2', '3', 666],
  ['3', '3', 1000],
  ['4', '3', 1000],
  ['0', '0', 1000],
  ['133248297920938463463374607431768211454', '133248297920938463463374607431768211455', 999],
])('shareUsed of %s of %s raw is %d thousandths', (spent, of, share) => {
  expect(shareUsed({ spent, of })).toBe(share);
});

test('mostUsed returns the limit with the largest spent part, not the largest amount', () => {
  const [large, small] = [use('500', '1000'), use('8', '10')];
  expect(mostUsed([large, small])).toBe(small);
  expect(mostUsed([use('1', '2'), large])).toEqual(use('1', '2'));
  expect(mostUsed([])).toBeNull();
});

test('leftOf is zero when more than the limit was spent', () => {
  expect(leftOf(use('8', '10'))).toBe(2n);
  expect(leftOf(use('12', '10'))).toBe(0n);
});
