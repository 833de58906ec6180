import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { throttle } from './throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is wanted once is done at once; what is wanted a thousand times, at once and at each pause', () => {
  const work = vi.fn();
  const wanted = throttle(work, 100);
  wanted();
  expect(work).toHaveBeenCalledTimes(1);
  for (let ms = 0; ms < 1000; ms += 1) {
    vi.advanceTimersByTime(1);
    wanted();
  }
  expect(work).toHaveBeenCalledTimes(11);
  vi.runAllTimers();
  // The last wish is never lost.
  expect(work).toHaveBeenCalledTimes(12);
  wanted();
  expect(work).toHaveBeenCalledTimes(13);
});
