import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OfferClock } from './offer-clock.ts';
import { challengeOf, intentOf, PAYEE } from './samples.fixture.ts';

const START = 1_900_000_000_000;

/** Two clocks that a test moves. */
function clocks() {
  const shown = { now: START, elapsed: 0 };
  return {
    shown,
    clock: new OfferClock(
      () => shown.now,
      () => shown.elapsed,
    ),
  };
}

describe('the time by which an offer is judged', () => {
  test('goes on where the clock of this machine is set back', () => {
    const { shown, clock } = clocks();
    const challenge = challengeOf({ seenAt: START });
    expect(clock.of(challenge)).toBe(START);
    Object.assign(shown, { now: START - 600_000, elapsed: 4_999.5 });
    expect(clock.of(challenge)).toBe(START + 5_000);
    expect(clock.ofIntent(intentOf({ account: PAYEE, challenge }))).toBe(START + 5_000);
  });

  test('goes on where the monotonic clock stood still, as while the machine sleeps', () => {
    const { shown, clock } = clocks();
    const challenge = challengeOf({ seenAt: START });
    clock.of(challenge);
    shown.now = START + 600_000;
    expect(clock.of(challenge)).toBe(START + 600_000);
  });

  test('is that of this machine for a 402 that came after the clock was set back', () => {
    const { shown, clock } = clocks();
    const challenge = challengeOf({ seenAt: START });
    clock.of(challenge);
    Object.assign(shown, { now: START - 600_000, elapsed: 5_000 });
    expect(clock.of(challengeOf({ seenAt: shown.now }))).toBe(shown.now);
    expect(clock.of({ ...challenge, seenAt: shown.now })).toBe(shown.now);
  });

  test('is the later of this machine’s and of the time that has passed', () => {
    const step = fc.record({
      set: fc.integer({ min: -1e9, max: 1e9 }),
      passes: fc.integer({ min: 0, max: 1e7 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { shown, clock } = clocks();
        const challenge = challengeOf({ seenAt: START });
        clock.of(challenge);
        for (const { set, passes } of steps) {
          shown.now += set + passes;
          shown.elapsed += passes;
          expect(clock.of(challenge)).toBe(Math.max(shown.now, START + shown.elapsed));
        }
      }),
    );
  });
});
