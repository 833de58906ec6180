import { expect, it } from 'vitest';
import type { Threshold } from './difficulty.ts';
import { expectedHashes } from './engine-speed.ts';
import { timeSearches } from './self-test.ts';

/** An engine with a rate (hashes per ms), on a clock of its own. */
function engineAt(rate: number) {
  const clock = { now: 0 };
  const asked: Threshold[] = [];
  const test = (
    ms: number,
    search = async (threshold: Threshold): Promise<void> => {
      asked.push(threshold);
      clock.now += expectedHashes(threshold) / rate;
    },
  ) => {
    const problems: unknown[] = [];
    const { signal } = new AbortController();
    const report = (problem: unknown) => problems.push(problem);
    const result = timeSearches({ ms, now: () => clock.now, signal, search, report });
    return { result, problems };
  };
  return { test, asked, clock };
}

it.each([2_000, 20_000, 4_000_000])(
  'a self-test finds the rate of an engine of %d hashes per ms',
  async (rate) => {
    const { hashes, spent } = await engineAt(rate).test(3_000).result;
    expect(hashes / spent).toBeCloseTo(rate, -2);
    expect(spent).toBeGreaterThanOrEqual(3_000);
    expect(spent).toBeLessThan(3_500);
  },
);

it('a self-test asks for harder proofs until each takes 120 ms, and for none harder than a send', async () => {
  const { test, asked } = engineAt(1e9);
  await test(10_000).result;
  expect(expectedHashes(asked[0] as Threshold)).toBe(2 ** 16);
  expect(Math.max(...asked.map(expectedHashes))).toBe(2 ** 29);
});

it('a self-test counts the proofs before the engine failed', async () => {
  const { test, clock } = engineAt(1);
  let searches = 0;
  const { result, problems } = test(3_000, async () => {
    clock.now += 200;
    if (++searches === 4) throw new Error('the card is lost');
  });
  expect((await result).hashes).toBe(3 * 2 ** 16);
  expect(problems).toEqual([new Error('the card is lost')]);
});
