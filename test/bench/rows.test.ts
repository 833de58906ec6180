import { expect, it } from 'vitest';
import { row, table } from './rows.ts';

it('sums samples up by the nearest rank, in whatever order they came', () => {
  const samples = Array.from({ length: 20 }, (_, index) => 20 - index);
  expect(row('steps', samples, 'ms')).toEqual({ name: 'steps', n: 20, p50: 10, p95: 19, unit: 'ms' });
  expect(row('one', [0.126], 'MH/s')).toEqual({ name: 'one', n: 1, p50: 0.13, p95: 0.13, unit: 'MH/s' });
});

it('writes one line for each row, under its head', () => {
  const lines = table([row('a', [1], 'ms'), row('longer', [2], 'MH/s')]).split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[2]).toBe('longer    1      2.00      2.00  MH/s');
});
