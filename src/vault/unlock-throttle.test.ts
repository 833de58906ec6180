import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterWrongTry, NO_TRIES, type Tries, triesAt, waitBeforeTry } from './unlock-throttle.ts';

describe('the delay after wrong passwords', () => {
  const times = (count: number, now: number) =>
    Array.from({ length: count }).reduce<Tries>((tries) => afterWrongTry(tries, now), NO_TRIES);

  test('is zero for three wrong passwords, then doubles up to five minutes', () => {
    const waits = Array.from({ length: 14 }, (_, count) => waitBeforeTry(times(count, 1_000), 1_000) / 1000);
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    expect(waitBeforeTry(times(1_000, 0), 0)).toBe(300_000);
  });

  test('passes with time', () => {
    const tries = times(6, 1_000_000);
    expect(waitBeforeTry(tries, 1_003_999)).toBe(1);
    expect(waitBeforeTry(tries, 1_004_000)).toBe(0);
  });

  test('starts again when the clock is set back, and passes', () => {
    const tries = times(6, 1_000_000_000);
    expect(triesAt(tries, 1_000_000_000)).toBe(tries);
    const back = triesAt(tries, 1_000);
    expect(waitBeforeTry(back, 1_000)).toBe(4_000);
    expect(waitBeforeTry(triesAt(back, 5_000), 5_000)).toBe(0);
  });

  test('is at most five minutes with any change of the clock', () => {
    const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(fc.nat({ max: 40 }), time, time, (count, tried, now) => {
        expect(waitBeforeTry(triesAt(times(count, tried), now), now)).toBeLessThanOrEqual(300_000);
      }),
    );
  });
});
