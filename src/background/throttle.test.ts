import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { throttle } from './throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('throttle runs one call at once, and a thousand calls at once and then once for each pause', () => {
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
  // The last call always takes effect.
  expect(work).toHaveBeenCalledTimes(12);
  wanted();
  expect(work).toHaveBeenCalledTimes(13);
});
