import { describe, expect, test } from 'vitest';
import type { Offer } from '../protocol/offer/offer.ts';
import { siteOf } from '../site.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
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
} from './payment.ts';
import { challengeOf, intentOf, sessionOffer, signedBlockOffer, trackAOffer } from './samples.fixture.ts';

/** The allowed steps, written a second time as a table: a cross where a step is allowed. */
const PUBLISHED = `
              approved signed published confirmed proven delivered settled refused unanswered revoked abandoned
  approved       .       x        .         .       .        .        .       .        .         .        x
  signed         .       x        x         .       .        .        .       .        .         x        x
  published      .       x        .         x       .        .        .       .        .         .        x
  confirmed      .       .        .         .       x        .        .       .        .         .        .
  proven         .       .        .         .       .        x        .       .        .         .        .
  delivered      .       .        .         .       .        .        x       x        x         .        .
  settled        .       .        .         .       .        .        .       .        .         .        .
  refused        .       .        .         .       .        x        .       .        .         .        .
  unanswered     .       .        .         .       .        x        .       .        .         .        .
  revoked        .       .        .         .       .        .        .       .        .         .        .
  abandoned      .       .        .         .       .        .        .       .        .         .        .
`;
/** A block that is handed over is never published or confirmed by this wallet. It can be revoked at any time, for good. */
const HANDED_OVER = `
              approved signed published confirmed proven delivered settled refused unanswered revoked abandoned
  approved       .       x        .         .       .        .        .       .        .         .        x
  signed         .       .        .         .       x        .        .       .        .         x        .
  published      .       .        .         .       .        .        .       .        .         .        .
  confirmed      .       .        .         .       .        .        .       .        .         .        .
  proven         .       .        .         .       .        x        .       .        .         x        .
  delivered      .       .        .         .       .        .        x       x        x         x        .
  settled        .       .        .         .       .        .        .       .        .         x        .
  refused        .       .        .         .       .        x        .       .        .         x        .
  unanswered     .       .        .         .       .        x        .       .        .         x        .
  revoked        .       .        .         .       .        .        .       .        .         .        .
  abandoned      .       .        .         .       .        .        .       .        .         .        .
`;
const [head = ''] = PUBLISHED.trim().split('\n');
const STATES = head.trim().split(/\s+/) as PaymentState[];

function stepsOf(table: string) {
  const [, ...rows] = table.trim().split('\n');
  return rows.flatMap((row) => {
    const [from, ...marks] = row.trim().split(/\s+/);
    return STATES.map((to, column) => ({
      from: from as PaymentState,
      to,
      verdict: marks[column] === 'x' ? 'allowed' : 'refused',
    }));
  });
}

/** A progress in a state; what else it says does not matter here. */
const progressIn = (state: PaymentState) => ({ state }) as Progress;
const paymentIn = (state: PaymentState, offer: Offer): Payment => ({
  ...approved(intentOf({ account: STRANGER, offer })),
  progress: progressIn(state),
});

describe.each([
  { what: 'that this wallet publishes', table: PUBLISHED, offer: sessionOffer(1n) },
  { what: 'that is handed over with an expiry', table: HANDED_OVER, offer: trackAOffer(1n) },
  { what: 'that is handed over', table: HANDED_OVER, offer: signedBlockOffer(1n) },
])('the steps of a payment $what', ({ table, offer }) => {
  const steps = stepsOf(table);

  test('are all in the table', () => {
    expect(steps).toHaveLength(121);
  });

  test.each(steps)('$from → $to: $verdict', ({ from, to, verdict }) => {
    const payment = paymentIn(from, offer);
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

test('the story tells an answer that puts the delivery off from no answer', () => {
  const delivered = paymentIn('delivered', sessionOffer(1n));
  const after = (reason: string) =>
    advance(delivered, { state: 'unanswered', reason } as Progress, 7).story.at(-1);
  expect(after('pending')).toEqual({ state: 'unanswered', at: 7, pending: true });
  expect(after('network')).toEqual({ state: 'unanswered', at: 7 });
});

describe('what a state means', () => {
  const among = (states: readonly PaymentState[]) => STATES.filter((state) => states.includes(state));

  test('the wallet goes on by itself until there is a proof', () => {
    const underway = STATES.filter(isUnderway);
    expect(underway).toEqual(among(['approved', 'signed', 'published', 'confirmed']));
  });

  test('a proof is kept until it is settled or its block is taken back', () => {
    const kept = STATES.filter((state) => isKept(progressIn(state)));
    expect(kept).toEqual(among(['proven', 'delivered', 'refused', 'unanswered']));
  });

  test('only an abandoned or revoked payment is given back', () => {
    expect(STATES.filter((state) => !isDebited(state))).toEqual(among(['revoked', 'abandoned']));
  });
});

test('a site is an origin; a resource is a method and a path, without the query', () => {
  const url = 'https://Shop.Example:8443/a/b?c=d';
  expect(siteOf(url)).toBe('https://shop.example:8443');
  expect(resourceOf(challengeOf({ url, method: 'POST' }))).toBe('POST https://shop.example:8443/a/b');
});
