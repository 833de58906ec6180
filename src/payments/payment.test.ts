import { describe, expect, test } from 'vitest';
import { STRANGER } from './account.fixture.ts';
import {
  advance,
  approved,
  isDebited,
  isKept,
  isUnderway,
  type Payment,
  type PaymentState,
  type Progress,
  resourceOf,
  siteOf,
} from './payment.ts';
import { challengeOf, intentOf } from './samples.fixture.ts';

/** The journal's law, written down a second time, as a picture: a cross where a step is allowed. */
const TABLE = `
              approved signed published confirmed proven delivered settled refused unanswered abandoned
  approved       .       x        .         .       .        .        .       .        .          x
  signed         .       .        x         .       .        .        .       .        .          x
  published      .       .        .         x       .        .        .       .        .          x
  confirmed      .       .        .         .       x        .        .       .        .          .
  proven         .       .        .         .       .        x        .       .        .          .
  delivered      .       .        .         .       .        .        x       x        x          .
  settled        .       .        .         .       .        .        .       .        .          .
  refused        .       .        .         .       .        x        .       .        .          .
  unanswered     .       .        .         .       .        x        .       .        .          .
  abandoned      .       .        .         .       .        .        .       .        .          .
`;
const [head = '', ...rows] = TABLE.trim().split('\n');
const STATES = head.trim().split(/\s+/) as PaymentState[];
const steps = rows.flatMap((row) => {
  const [from, ...marks] = row.trim().split(/\s+/);
  return STATES.map((to, column) => ({
    from: from as PaymentState,
    to,
    verdict: marks[column] === 'x' ? 'allowed' : 'refused',
  }));
});

/** A progress in a state; what else it says does not matter here. */
const progressIn = (state: PaymentState) => ({ state }) as Progress;
const paymentIn = (state: PaymentState): Payment => ({
  ...approved(intentOf({ account: STRANGER })),
  progress: progressIn(state),
});

describe('the steps of a payment', () => {
  test('are all in the table', () => {
    expect(steps).toHaveLength(100);
  });

  test.each(steps)('$from → $to: $verdict', ({ from, to, verdict }) => {
    const payment = paymentIn(from);
    if (verdict === 'allowed') {
      const next = advance(payment, progressIn(to), 7);
      expect(next.progress.state).toBe(to);
      expect(next.story).toEqual([...payment.story, { state: to, at: 7 }]);
      expect(next.intent).toBe(payment.intent);
    } else {
      expect(() => advance(payment, progressIn(to), 7)).toThrow('fault_paymentOver');
    }
  });
});

describe('what a state means', () => {
  const among = (states: readonly PaymentState[]) => STATES.filter((state) => states.includes(state));

  test('the purse carries on by itself until there is a proof', () => {
    const underway = STATES.filter(isUnderway);
    expect(underway).toEqual(among(['approved', 'signed', 'published', 'confirmed']));
  });

  test('a proof is kept until it has bought something or was refused for good', () => {
    const kept = STATES.filter((state) => isKept(progressIn(state)));
    expect(kept).toEqual(among(['proven', 'delivered', 'refused', 'unanswered']));
    expect(isKept({ ...progressIn('refused'), final: true } as Progress)).toBe(false);
  });

  test('only what was abandoned is given back', () => {
    expect(STATES.filter((state) => !isDebited(state))).toEqual(['abandoned']);
  });
});

test('a site is an origin; a resource is a path of it, whatever is asked of it', () => {
  const url = 'https://Shop.Example:8443/a/b?c=d';
  expect(siteOf(url)).toBe('https://shop.example:8443');
  expect(resourceOf(challengeOf({ url, method: 'POST' }))).toBe('POST https://shop.example:8443/a/b');
});
