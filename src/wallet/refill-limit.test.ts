import { expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import { type Refill, RefillLimit } from './refill-limit.ts';

const raw = (amount: number): Raw => BigInt(amount) as Raw;
const LEVEL = raw(100);
const DAY = 24 * 60 * 60_000;

function limitAt(start: number) {
  const time = { now: start };
  let stored: readonly Refill[] = [];
  const store = {
    read: async () => stored,
    write: async (refills: readonly Refill[]) => {
      stored = refills;
    },
  };
  return { limit: new RefillLimit(store, () => time.now), time, stored: () => stored };
}

test('the pocket gets twice its level within 24 hours, and no raw more', async () => {
  const { limit } = limitAt(DAY);
  expect(await limit.take(raw(150), LEVEL)).not.toBeNull();
  expect(await limit.take(raw(51), LEVEL)).toBeNull();
  expect(await limit.take(raw(50), LEVEL)).not.toBeNull();
  expect(await limit.take(raw(1), LEVEL)).toBeNull();
});

test('a refill counts for 24 hours', async () => {
  const { limit, time } = limitAt(DAY);
  await limit.take(raw(200), LEVEL);
  time.now += DAY - 1;
  expect(await limit.take(raw(1), LEVEL)).toBeNull();
  time.now += 1;
  expect(await limit.take(raw(200), LEVEL)).not.toBeNull();
});

test('a refill that moved nothing is not counted, and only that one', async () => {
  const { limit, stored } = limitAt(DAY);
  await limit.take(raw(60), LEVEL);
  const undo = await limit.take(raw(60), LEVEL);
  await undo?.();
  expect(stored()).toEqual([{ at: DAY, amount: 60n }]);
  expect(await limit.take(raw(140), LEVEL)).not.toBeNull();
});

test('refills that are too old to count are not kept', async () => {
  const { limit, time, stored } = limitAt(DAY);
  await limit.take(raw(1), LEVEL);
  time.now += DAY;
  await limit.take(raw(2), LEVEL);
  expect(stored().map(({ amount }) => amount)).toEqual([2n]);
});
