import { describe, expect, test } from 'vitest';
import { parseThreshold, parseWorkRoot, type Threshold } from './difficulty.ts';
import { higher, isSameGoal, type Job, type Need, nextSearch, type SearchGoal } from './next-search.ts';

const LOW = parseThreshold('fffffe0000000000');
const HIGH = parseThreshold('fffffff800000000');
const root = (byte: string) => parseWorkRoot(byte.repeat(32));

/** A job with blocks that wait, each with its need and threshold. */
function job(
  byte: string,
  waiting: readonly (readonly [Need, Threshold])[] = [],
  ahead: Threshold | undefined = undefined,
): Job {
  const waiters = waiting.map(([need, threshold]) => ({
    need,
    threshold,
    resolve: () => undefined,
    reject: () => undefined,
  }));
  return { root: root(byte), ahead, waiting: new Set(waiters), asking: 0, found: undefined };
}

describe('the next search', () => {
  test('is none where nothing waits', () => {
    expect(nextSearch([], false)).toBeUndefined();
    expect(nextSearch([job('A1')], false)).toBeUndefined();
  });

  test('is for a payment before a receive, and for a receive before work ahead, whichever came first', () => {
    const [ahead, receive, payment] = [
      job('A1', [['ahead', HIGH]]),
      job('B2', [['receive', LOW]]),
      job('C3', [['payment', HIGH]]),
    ];
    expect(nextSearch([ahead, receive, payment], false)).toEqual({
      root: root('C3'),
      threshold: HIGH,
      urgency: 'foreground',
    });
    expect(nextSearch([ahead, receive], false)).toEqual({
      root: root('B2'),
      threshold: LOW,
      urgency: 'foreground',
    });
    expect(nextSearch([ahead], false)).toEqual({ root: root('A1'), threshold: HIGH, urgency: 'background' });
  });

  test('is for the easiest search of its need, and of those as easy for the job that came first', () => {
    const easy = job('A1', [['payment', LOW]]);
    const hard = job('B2', [['payment', HIGH]]);
    for (const jobs of [
      [easy, hard],
      [hard, easy],
    ]) {
      expect(nextSearch(jobs, false)).toMatchObject({ root: root('A1'), threshold: LOW });
    }
    const asEasy = job('C3', [['payment', LOW]]);
    expect(nextSearch([hard, asEasy, easy], false)).toMatchObject({ root: root('C3') });
  });

  test('has the highest threshold of all blocks of its job with that need', () => {
    const waiting = [
      ['payment', LOW],
      ['receive', HIGH],
      ['receive', LOW],
    ] as const;
    expect(nextSearch([job('A1', waiting)], false)).toMatchObject({ threshold: LOW });
    expect(nextSearch([job('A1', waiting.slice(1))], false)).toMatchObject({ threshold: HIGH });
  });

  test('precomputes for the first job that asked for it, where no block waits', () => {
    const jobs = [job('A1'), job('B2', [], LOW), job('C3', [], HIGH)];
    expect(nextSearch(jobs, false)).toEqual({ root: root('B2'), threshold: LOW, urgency: 'background' });
    expect(nextSearch([...jobs, job('D4', [['ahead', LOW]])], false)).toMatchObject({ root: root('D4') });
  });

  test('precomputes nothing while that is paused, and still serves the blocks that wait', () => {
    const precomputed = job('A1', [], HIGH);
    expect(nextSearch([precomputed], true)).toBeUndefined();
    expect(nextSearch([precomputed, job('B2', [['receive', LOW]])], true)).toMatchObject({
      root: root('B2'),
    });
  });
});

test('goals are the same where root, threshold and urgency are', () => {
  const goal: SearchGoal = { root: root('A1'), threshold: LOW, urgency: 'foreground' };
  expect(isSameGoal(goal, { ...goal })).toBe(true);
  expect(isSameGoal(undefined, undefined)).toBe(true);
  const others: readonly (SearchGoal | undefined)[] = [
    undefined,
    { ...goal, root: root('B2') },
    { ...goal, threshold: HIGH },
    { ...goal, urgency: 'background' },
  ];
  for (const other of others) {
    expect([isSameGoal(goal, other), isSameGoal(other, goal)]).toEqual([false, false]);
  }
});

test('the higher of two thresholds is the harder one, and the other where one is unknown', () => {
  expect([higher(LOW, HIGH), higher(HIGH, LOW), higher(undefined, LOW)]).toEqual([HIGH, HIGH, LOW]);
});
