import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RULE_LIFE, RuleWindows } from './rule-windows.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A rule that knows how many times it is armed now. */
function rule() {
  let armed = 0;
  const arm = async () => {
    armed++;
    return async () => void armed--;
  };
  return { arm, armed: () => armed };
}

test('a rule is armed for five seconds, and for five more when it is opened again', async () => {
  const { arm, armed } = rule();
  const windows = new RuleWindows(arm);
  await windows.open();
  await vi.advanceTimersByTimeAsync(4_999);
  expect(armed()).toBe(1);
  await windows.open();
  await vi.advanceTimersByTimeAsync(1);
  expect(armed()).toBe(1);
  await vi.advanceTimersByTimeAsync(4_999);
  expect(armed()).toBe(0);
});

test('the end disarms every window at once, and none opens afterwards', async () => {
  const { arm, armed } = rule();
  const windows = new RuleWindows(arm);
  await windows.open();
  await windows.open();
  expect(armed()).toBe(2);
  await windows.end();
  expect(armed()).toBe(0);
  await windows.open();
  expect(armed()).toBe(0);
});

test('a rule that is armed only after the end is disarmed again', async () => {
  const { arm, armed } = rule();
  let go = () => {};
  const slowly = new Promise<void>((resolve) => {
    go = resolve;
  });
  const windows = new RuleWindows(() => slowly.then(arm));
  const opening = windows.open();
  await windows.end();
  go();
  await opening;
  expect(armed()).toBe(0);
  await vi.advanceTimersByTimeAsync(RULE_LIFE);
  expect(armed()).toBe(0);
});
