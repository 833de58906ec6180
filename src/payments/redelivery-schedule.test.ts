import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONGEST_RETRY_AFTER } from '../protocol/response/retry-after.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import { approved, type Payment, type Progress } from './payment.ts';
import {
  DELIVERY_GRACE,
  isDue,
  isOwed,
  KEPT_FOR,
  keptUntil,
  notBeforeOf,
  ownRetryIn,
  recallAt,
} from './redelivery-schedule.ts';
import { intentOf, signedBlockOffer } from './samples.fixture.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** When the payments of this file were approved and signed. */
const AT = 1_900_000_000_000;
const EXPIRES = AT + 3 * MINUTE;

type Answer = { readonly at: number } & Partial<{
  state: 'refused' | 'unanswered';
  status: number;
  final: boolean;
  early: true;
  reason: string;
  notBefore: number;
}>;

/** A payment whose proof got these answers; what else they say does not matter here. */
function answered(...answers: readonly Answer[]): Payment {
  const offer = { ...signedBlockOffer(1n), expiresAt: EXPIRES };
  const payment = approved(intentOf({ account: STRANGER, offer, at: AT }));
  const steps = answers.flatMap(({ at, state = 'refused' }) => [
    { state: 'delivered' as const, at },
    { state, at },
  ]);
  const story = [...payment.story, { state: 'signed' as const, at: AT }, ...steps];
  const { at: _, ...last } = answers.at(-1) ?? { at: AT };
  return {
    ...payment,
    progress: { state: 'refused', status: 402, final: false, ...last } as Progress,
    story,
  };
}

test('a proof is kept for a day, or until a minute after a later expiry', () => {
  const payment = answered({ at: AT });
  expect(keptUntil(payment)).toBe(AT + KEPT_FOR);
  const offer = { ...payment.intent.offer, expiresAt: AT + 2 * KEPT_FOR };
  expect(keptUntil({ ...payment, intent: { ...payment.intent, offer } })).toBe(
    offer.expiresAt + DELIVERY_GRACE,
  );
});

describe('a site owes what was paid for', () => {
  test.each([
    { state: 'refused', status: 402 },
    { state: 'refused', early: true },
    { state: 'unanswered', reason: 'network' },
    { state: 'unanswered', reason: 'timeout' },
    { state: 'unanswered', reason: 'pending' },
  ] as const)('after %j, for a day', (answer) => {
    const payment = answered({ at: AT, ...answer });
    expect(isOwed(payment, AT + KEPT_FOR - 1)).toBe(true);
    expect(isOwed(payment, AT + KEPT_FOR)).toBe(false);
  });

  test.each(['gone', 'stranger'])('not where its answer is unknown for the reason "%s"', (reason) => {
    expect(isOwed(answered({ at: AT, state: 'unanswered', reason }), AT)).toBe(false);
  });

  test.each(['approved', 'signed', 'published', 'confirmed', 'proven', 'delivered', 'settled', 'revoked'])(
    'not by a payment that is %s',
    (state) => {
      const payment = answered({ at: AT });
      expect(isOwed({ ...payment, progress: { ...payment.progress, state } as Progress }, AT)).toBe(false);
    },
  );
});

describe('the next request for the same', () => {
  test('gets the proof after the first refusal at once', () => {
    expect(isDue(answered({ at: AT }), AT)).toBe(true);
  });

  test.each([
    [2, 5 * SECOND],
    [3, 30 * SECOND],
    [4, 2 * MINUTE],
    [5, 10 * MINUTE],
    [6, HOUR],
    [20, HOUR],
  ])('after refusal number %i gets it %i ms later', (times, pause) => {
    const payment = answered(...Array.from({ length: times }, () => ({ at: AT })));
    expect(isDue(payment, AT + pause - 1)).toBe(false);
    expect(isDue(payment, AT + pause)).toBe(true);
  });

  test('always gets it where the server says "not yet", or has not answered', () => {
    const twice = [{ at: AT }, { at: AT }];
    expect(isDue(answered(...twice, { at: AT, early: true }), AT)).toBe(true);
    expect(isDue(answered(...twice, { at: AT, state: 'unanswered', reason: 'gone' }), AT)).toBe(true);
  });

  test.each([{ early: true }, { state: 'unanswered', reason: 'pending' }] as const)(
    'does not get it before the server wants it: %j',
    (answer) => {
      const payment = answered({ at: AT, notBefore: AT + 90 * SECOND, ...answer });
      expect(isDue(payment, AT + 90 * SECOND - 1)).toBe(false);
      expect(isDue(payment, AT + 90 * SECOND)).toBe(true);
    },
  );
});

describe('the page of a payment that was not served', () => {
  const pending = (notBefore: number) =>
    answered({ at: AT, state: 'unanswered', reason: 'pending', notBefore });

  test('is loaded again by itself after five seconds, once', () => {
    expect(ownRetryIn(answered({ at: AT }), AT)).toBe(5 * SECOND);
    expect(ownRetryIn(answered({ at: AT }, { at: AT }), AT)).toBeNull();
  });

  test('is not loaded again where the answer may be a page with a form', () => {
    for (const status of [402, 408, 425, 429, 500, 503]) {
      expect(ownRetryIn(answered({ at: AT, status }), AT)).toBe(5 * SECOND);
    }
    for (const status of [400, 401, 403, 404, 405, 409, 410, 422]) {
      expect(ownRetryIn(answered({ at: AT, status }), AT)).toBeNull();
    }
  });

  test('is loaded again when the server wants it, where that is soon', () => {
    expect(ownRetryIn(pending(AT + 29 * SECOND), AT)).toBe(29 * SECOND);
    expect(ownRetryIn(pending(AT + 30 * SECOND), AT)).toBeNull();
    expect(ownRetryIn(pending(AT + 1), AT)).toBe(2 * SECOND);
  });

  test('is loaded again twenty times at most', () => {
    const times = (many: number) =>
      answered(...Array.from({ length: many }, () => ({ at: AT, notBefore: AT + 3 * SECOND })));
    expect(ownRetryIn(times(20), AT)).toBe(3 * SECOND);
    expect(ownRetryIn(times(21), AT)).toBeNull();
  });

  test('is not loaded again where the proof can buy nothing more, or there is no answer', () => {
    expect(ownRetryIn(answered({ at: AT, final: true }), AT)).toBeNull();
    expect(ownRetryIn(answered({ at: AT, state: 'unanswered', reason: 'gone' }), AT)).toBeNull();
  });
});

describe('the time that a server wants to have', () => {
  test('counts from its answer, and ends ten minutes after the signing', () => {
    const payment = answered({ at: AT });
    expect(notBeforeOf(payment, 90 * SECOND, AT + MINUTE)).toBe(AT + MINUTE + 90 * SECOND);
    expect(notBeforeOf(payment, undefined, AT)).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(LONGEST_RETRY_AFTER), fc.nat(HOUR), (wait, passed) => {
        const until = notBeforeOf(payment, wait, AT + passed);
        expect(until ?? AT + passed + 1).toBeGreaterThan(AT + passed);
        expect(until ?? AT).toBeLessThanOrEqual(AT + LONGEST_RETRY_AFTER);
      }),
    );
  });

  test('puts the recall of a block off, which is otherwise a minute after the expiry', () => {
    expect(recallAt(answered({ at: AT }))).toBe(EXPIRES + DELIVERY_GRACE);
    expect(recallAt(answered({ at: AT, notBefore: EXPIRES + MINUTE }))).toBe(
      EXPIRES + MINUTE + DELIVERY_GRACE,
    );
    expect(recallAt(answered({ at: AT, notBefore: AT + 1 }))).toBe(EXPIRES + DELIVERY_GRACE);
  });

  test('is not needed for a recall of a block whose offer has a long life: ten minutes after its signing', () => {
    const payment = answered({ at: AT });
    const offer = { ...payment.intent.offer, expiresAt: AT + HOUR };
    expect(recallAt({ ...payment, intent: { ...payment.intent, offer } })).toBe(
      AT + 10 * MINUTE + DELIVERY_GRACE,
    );
  });

  test('counts for nothing where the block can never be served: it is recalled at once', () => {
    expect(recallAt(answered({ at: AT, final: true, notBefore: EXPIRES }))).toBe(0);
  });
});
