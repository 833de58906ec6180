import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ARM_AFTER, type Attention, startArming } from './arming.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A user whose attention the test turns on and off. */
function user(looking: boolean) {
  const listeners = new Set<() => void>();
  const pressed = new Set<(isDown: boolean) => void>();
  let given = looking;
  const attention: Attention = {
    given: () => given,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onPress(listener) {
      pressed.add(listener);
      return () => pressed.delete(listener);
    },
  };
  return {
    attention,
    listeners,
    pressed,
    press(isDown: boolean) {
      for (const listener of pressed) listener(isDown);
    },
    /** Attention that changes without an event. */
    lookUnheard(now: boolean) {
      given = now;
    },
    look(now: boolean) {
      given = now;
      for (const listener of listeners) listener();
    },
  };
}

test('arms half a second after the question became visible, and not earlier', () => {
  const { armed } = startArming(user(true).attention);
  vi.advanceTimersByTime(ARM_AFTER - 1);
  expect(armed.value).toBe(false);
  vi.advanceTimersByTime(1);
  expect(armed.value).toBe(true);
});

test('never arms a window without attention', () => {
  const { armed } = startArming(user(false).attention);
  vi.advanceTimersByTime(60_000);
  expect(armed.value).toBe(false);
});

test('starts the wait only when the window gets the focus', () => {
  const { attention, look } = user(false);
  const { armed } = startArming(attention);
  vi.advanceTimersByTime(60_000);
  look(true);
  vi.advanceTimersByTime(ARM_AFTER - 1);
  expect(armed.value).toBe(false);
  vi.advanceTimersByTime(1);
  expect(armed.value).toBe(true);
});

test('disarms as soon as attention is lost, and restarts the wait', () => {
  const { attention, look } = user(true);
  const { armed } = startArming(attention);
  vi.advanceTimersByTime(ARM_AFTER);
  look(false);
  expect(armed.value).toBe(false);
  look(true);
  expect(armed.value).toBe(false);
  vi.advanceTimersByTime(ARM_AFTER);
  expect(armed.value).toBe(true);
});

test('does not add up short spans of attention', () => {
  const { attention, look } = user(true);
  const { armed } = startArming(attention);
  for (let index = 0; index < 20; index++) {
    vi.advanceTimersByTime(ARM_AFTER - 1);
    look(false);
    look(true);
  }
  expect(armed.value).toBe(false);
});

test('does not arm on attention that changes without an event', () => {
  const late = user(false);
  const first = startArming(late.attention);
  late.lookUnheard(true);
  vi.advanceTimersByTime(ARM_AFTER);
  expect(first.armed.value).toBe(false);

  const gone = user(true);
  const second = startArming(gone.attention);
  gone.lookUnheard(false);
  vi.advanceTimersByTime(ARM_AFTER);
  expect(second.armed.value).toBe(false);
});

test('a click before arming restarts the wait, so that repeated clicks never answer', () => {
  const { attention, press } = user(true);
  const { armed } = startArming(attention);
  for (let index = 0; index < 20; index++) {
    vi.advanceTimersByTime(ARM_AFTER - 1);
    press(true);
    press(false);
    expect(armed.value).toBe(false);
  }
  vi.advanceTimersByTime(ARM_AFTER);
  expect(armed.value).toBe(true);
});

test('a button that went down before arming does not answer on its release', () => {
  const { attention, press } = user(true);
  const { armed } = startArming(attention);
  press(true);
  vi.advanceTimersByTime(60_000);
  press(false);
  expect(armed.value).toBe(false);
  vi.advanceTimersByTime(ARM_AFTER);
  expect(armed.value).toBe(true);
});

test('a click counts once armed', () => {
  const { attention, press } = user(true);
  const { armed } = startArming(attention);
  vi.advanceTimersByTime(ARM_AFTER);
  press(true);
  press(false);
  expect(armed.value).toBe(true);
});

test('stop disarms for good and removes the listeners', () => {
  const { attention, look, press, listeners, pressed } = user(true);
  const { armed, stop } = startArming(attention);
  stop();
  look(true);
  press(false);
  vi.advanceTimersByTime(60_000);
  expect(armed.value).toBe(false);
  expect([listeners.size, pressed.size]).toEqual([0, 0]);
});
