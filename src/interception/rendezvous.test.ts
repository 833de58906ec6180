import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Rendezvous } from './rendezvous.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a 402 and a held request of one key pair, whichever comes first', async () => {
  const pairs = new Rendezvous<string, string>(1500);
  const early = pairs.observed(['a'], 'observed');
  expect(await pairs.held(['a'], 'held')).toBe('observed');
  expect(await early).toBe('held');
  const waiting = pairs.held(['a'], 'second held');
  expect(await pairs.observed(['a'], 'second observed')).toBe('second held');
  expect(await waiting).toBe('second observed');
});

test('a side that is not paired in time gets null, and is not paired later', async () => {
  const pairs = new Rendezvous<string, string>(1500);
  const observed = pairs.observed(['a', 'b'], 'observed');
  await vi.advanceTimersByTimeAsync(1500);
  expect(await observed).toBeNull();
  const held = pairs.held(['a'], 'held');
  await vi.advanceTimersByTimeAsync(1499);
  expect(await pairs.observed(['a'], 'late')).toBe('held');
  expect(await held).toBe('late');
});

test('a 402 may wait longer than the default', async () => {
  const pairs = new Rendezvous<string, string>(1500);
  const observed = pairs.observed(['a'], 'observed', 3500);
  await vi.advanceTimersByTimeAsync(3499);
  expect(await pairs.held(['a'], 'late')).toBe('observed');
  expect(await observed).toBe('late');
});

test('the time of a held request counts from when the promise it was given is settled', async () => {
  const pairs = new Rendezvous<string, string>(1500);
  let lookedUp = () => {};
  const held = pairs.held(['a'], 'held', new Promise<void>((resolve) => (lookedUp = resolve)));
  await vi.advanceTimersByTimeAsync(20_000);
  lookedUp();
  await vi.advanceTimersByTimeAsync(1499);
  expect(await pairs.observed(['a'], 'late')).toBe('held');
  expect(await held).toBe('late');
  const alone = pairs.held(['a'], 'alone', Promise.resolve());
  await vi.advanceTimersByTimeAsync(1500);
  expect(await alone).toBeNull();
});

test('a held request that is paired before its time begins to count starts no timer', async () => {
  const pairs = new Rendezvous<string, string>(1500);
  let lookedUp = () => {};
  const held = pairs.held(['a'], 'held', new Promise<void>((resolve) => (lookedUp = resolve)));
  expect(await pairs.observed(['a'], 'observed')).toBe('held');
  lookedUp();
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
  expect(await held).toBe('observed');
});

test('a 402 that is dismissed gets null at once, and is not paired later', async () => {
  const pairs = new Rendezvous<string, string>(1500);
  const [gone, stays] = [pairs.observed(['a', 'b'], 'gone'), pairs.observed(['a'], 'stays')];
  pairs.dismissObserved((observed) => observed === 'gone');
  expect(await gone).toBeNull();
  expect(await pairs.held(['b', 'a'], 'held')).toBe('stays');
  expect(await stays).toBe('held');
});

test('a 402 of two keys is paired once', async () => {
  const pairs = new Rendezvous<string, string>(1500);
  void pairs.observed(['document', 'origin'], 'observed');
  expect(await pairs.held(['origin'], 'first')).toBe('observed');
  const second = pairs.held(['document'], 'second');
  await vi.advanceTimersByTimeAsync(1500);
  expect(await second).toBeNull();
});

test('a held request of two keys pairs by its first key before its second, and once', async () => {
  const pairs = new Rendezvous<string, string>(1500);
  void pairs.observed(['origin'], 'worker');
  void pairs.observed(['document'], 'own');
  expect(await pairs.held(['document', 'origin'], 'first')).toBe('own');
  expect(await pairs.held(['document', 'origin'], 'second')).toBe('worker');
  const third = pairs.held(['document', 'origin'], 'third');
  expect(await pairs.observed(['origin'], 'late')).toBe('third');
  expect(await third).toBe('late');
  const alone = pairs.observed(['document'], 'alone');
  await vi.advanceTimersByTimeAsync(1500);
  expect(await alone).toBeNull();
});

test('a held request pairs with a preferred 402, though another came before it', async () => {
  const pairs = new Rendezvous<string, string>(1500, (observed) => observed !== 'other');
  void pairs.observed(['a'], 'other');
  void pairs.observed(['a'], 'preferred');
  expect(await pairs.held(['a'], 'first')).toBe('preferred');
  expect(await pairs.held(['a'], 'second')).toBe('other');
});

test('every order of arrival pairs the two sides of one key first come, first served', async () => {
  const arrival = fc.record({ side: fc.constantFrom('observed', 'held'), key: fc.constantFrom('a', 'b') });
  await fc.assert(
    fc.asyncProperty(fc.array(arrival, { maxLength: 30 }), async (arrivals) => {
      const pairs = new Rendezvous<number, number>(1500);
      const results = arrivals.map(({ side, key }, index) =>
        side === 'observed' ? pairs.observed([key], index) : pairs.held([key], index),
      );
      await vi.advanceTimersByTimeAsync(1500);
      const found = await Promise.all(results);
      for (const key of ['a', 'b']) {
        const of = (side: string) =>
          arrivals.flatMap((one, index) => (one.side === side && one.key === key ? [index] : []));
        const [observed, held] = [of('observed'), of('held')];
        observed.forEach((one, nth) => {
          expect(found[one]).toBe(held[nth] ?? null);
        });
        held.forEach((one, nth) => {
          expect(found[one]).toBe(observed[nth] ?? null);
        });
      }
    }),
  );
});
