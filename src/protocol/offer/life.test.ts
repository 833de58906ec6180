import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ARRIVED,
  context,
  envelopeOf,
  headerOf,
  session,
  sessionEntry,
  signatureEntry,
  signedBlockEntry,
  trackAEntry,
} from '../samples.fixture.ts';
import { classify } from './classify.ts';
import { type Arrival, toldSkew } from './life.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const entryOf = (entry: object, arrival: Partial<Arrival>, now = Number.NEGATIVE_INFINITY) => {
  const classified = classify(headerOf(envelopeOf([entry])), { ...context, ...arrival, now });
  if (classified.kind === 'refused') throw new Error(classified.code);
  return classified.entries[0];
};
const endOfEntry = (entry: object, arrival: Partial<Arrival>) => {
  const end = entryOf(entry, arrival)?.offer?.expiresAt;
  if (end === undefined) throw new Error('no offer');
  return end;
};
const endingAt = (time: number, maxTimeoutSeconds = 3_600) => ({
  ...sessionEntry,
  maxTimeoutSeconds,
  extra: { nanoSession: { ...session, expiresAt: new Date(time).toISOString() } },
});

describe('the life of an offer', () => {
  test.each([
    ['ahead', 10 * MINUTE],
    ['behind', -10 * MINUTE],
  ])('counts from the Date of a server whose clock is ten minutes %s', (_, skew) => {
    const arrival = { arrivedAt: ARRIVED, serverDate: ARRIVED + skew };
    const entry = endingAt(ARRIVED + skew + 3 * MINUTE);
    expect(endOfEntry(entry, arrival)).toBe(ARRIVED + 3 * MINUTE);
    expect(entryOf(entry, arrival, ARRIVED + 3 * MINUTE - 1)?.code).toBe('NS7_SESSION');
    expect(entryOf(entry, arrival, ARRIVED + 3 * MINUTE)?.code).toBe('EXPIRED');
  });

  test('is over where the server says so, though it is not by the clock of this machine', () => {
    const arrival = { arrivedAt: ARRIVED, serverDate: ARRIVED + 10 * MINUTE };
    expect(entryOf(endingAt(ARRIVED + 9 * MINUTE), arrival, ARRIVED)?.code).toBe('EXPIRED');
    expect(entryOf(endingAt(ARRIVED + 9 * MINUTE), {}, ARRIVED)?.code).toBe('NS7_SESSION');
  });

  test('counts by the clock of this machine where no Date does', () => {
    expect(endOfEntry(endingAt(ARRIVED + 9 * MINUTE), { arrivedAt: ARRIVED })).toBe(ARRIVED + 9 * MINUTE);
  });

  test('counts from the Date for an expiry in seconds, which is echoed as the server wrote it', () => {
    const arrival = { arrivedAt: ARRIVED, serverDate: ARRIVED - 10 * MINUTE };
    const validBefore = (ARRIVED - 8 * MINUTE) / 1_000;
    const { offer } = entryOf({ ...trackAEntry, extra: { validBefore } }, arrival) ?? {};
    expect(offer).toMatchObject({ expiresAt: ARRIVED + 2 * MINUTE, validBefore });
  });

  test.each([
    ['a signature', signatureEntry],
    ['a signed block', signedBlockEntry],
  ])('does not depend on the Date where only maxTimeoutSeconds ends it: %s', (_, entry) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (serverDate) => {
        expect(endOfEntry(entry, { serverDate })).toBe(endOfEntry(entry, {}));
      }),
    );
  });

  test('is what the server leaves of it, at most maxTimeoutSeconds and an hour, whatever the two clocks show', () => {
    const ms = (most: number) => fc.integer({ min: 0, max: most });
    fc.assert(
      fc.property(
        ms(4e12),
        ms(4e12),
        fc.integer({ min: -HOUR, max: 3 * HOUR }),
        fc.integer({ min: 1, max: 20_000 }),
        (arrivedAt, serverDate, left, maxTimeoutSeconds) => {
          const entry = endingAt(serverDate + left, maxTimeoutSeconds);
          const end = endOfEntry(entry, { arrivedAt, serverDate });
          expect(end - arrivedAt).toBe(Math.min(left, maxTimeoutSeconds * 1_000, HOUR));
        },
      ),
    );
  });
});

test('a difference of two clocks is told from more than a minute on', () => {
  const told = (skew: number) => toldSkew({ arrivedAt: ARRIVED, serverDate: ARRIVED + skew });
  expect([MINUTE, -MINUTE, MINUTE + 1, -MINUTE - 1].map(told)).toEqual([null, null, MINUTE + 1, -MINUTE - 1]);
  expect(toldSkew({ arrivedAt: ARRIVED })).toBeNull();
});
