import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };
import { LEAST_SCORE, passwordStrength } from './password.ts';
import { afterWrongTry, NO_TRIES, type Tries, waitBeforeTry } from './try-delay.ts';

describe('strength', () => {
  test.each([
    ['', 'password_longer'],
    ['x7Q', 'password_longer'],
    ['password', 'password_common'],
    ['P@ssw0rd!', 'password_common'],
    ['password123', 'password_common'],
    ['iloveyou2', 'password_common'],
    ['12345678', 'password_pattern'],
    ['qwertyuiop', 'password_pattern'],
    ['poiuytrewq', 'password_pattern'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'password_pattern'],
    ['xk7xk7xk7xk7xk7xk7', 'password_pattern'],
  ])('%j is too easy: %s', (password, advice) => {
    const strength = passwordStrength(password);
    expect(strength.score).toBeLessThan(LEAST_SCORE);
    expect(strength.advice).toBe(advice);
    expect(messages).toHaveProperty(advice);
  });

  test.each(['nano-wallet', 'test-password'])('%j is weak: it may be used, with advice', (password) => {
    const { score, advice } = passwordStrength(password);
    expect(score).toBe(LEAST_SCORE);
    expect(advice).toBe('password_common');
  });

  test.each(['correct horse battery staple', 'vK8#tq2!Lm9x', 'fjord tulip oboe', 'Straße nach Süden 7'])(
    '%j will do',
    (password) =>
      expect(passwordStrength(password)).toMatchObject({
        score: expect.toSatisfy((score) => score > LEAST_SCORE + 1),
        advice: null,
      }),
  );

  test('repeating a password whole makes it hardly better', () => {
    const word = fc.string({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(word, fc.integer({ min: 2, max: 8 }), (password, times) => {
        const once = passwordStrength(password).score;
        expect(passwordStrength(password.repeat(times)).score).toBeLessThanOrEqual(once + 1);
      }),
    );
  });

  test('a very long password takes no time', () => {
    const before = performance.now();
    passwordStrength('ab'.repeat(500_000));
    passwordStrength('x'.repeat(1_000_000));
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe('delay', () => {
  const times = (count: number, now: number) =>
    Array.from({ length: count }).reduce<Tries>((tries) => afterWrongTry(tries, now), NO_TRIES);

  test('three wrong passwords are free, then the delay doubles up to five minutes', () => {
    const waits = Array.from({ length: 14 }, (_, count) => waitBeforeTry(times(count, 1_000), 1_000) / 1000);
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    expect(waitBeforeTry(times(1_000, 0), 0)).toBe(300_000);
  });

  test('the delay passes, and a clock that was set back does not lengthen it', () => {
    const tries = times(6, 1_000_000);
    expect(waitBeforeTry(tries, 1_003_999)).toBe(1);
    expect(waitBeforeTry(tries, 1_004_000)).toBe(0);
    expect(waitBeforeTry(tries, 0)).toBe(300_000);
  });
});
