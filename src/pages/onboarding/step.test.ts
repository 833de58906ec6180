import { expect, test } from 'vitest';
import { drawPositions, plainWord } from './step.ts';

test('drawPositions draws three different positions in rising order, and can draw every one', () => {
  const seen = new Set<number>();
  for (let round = 0; round < 1000; round++) {
    const drawn = drawPositions(3, 24);
    expect(drawn).toHaveLength(3);
    expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual(drawn);
    for (const position of drawn) seen.add(position);
  }
  expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, index) => index));
});

test('plainWord ignores case and surrounding spaces', () => {
  expect(plainWord(' Abandon ')).toBe('abandon');
});
