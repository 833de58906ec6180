import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import { type Budget, checkBudget, dayOf } from './budget.ts';
import { NETWORK, SHOP } from './samples.fixture.ts';

const budget = (perPayment: bigint, perDay: bigint): Budget => ({
  site: SHOP,
  network: NETWORK,
  perPayment: perPayment as Raw,
  perDay: perDay as Raw,
  payTo: null,
  paused: false,
  since: 0,
});
const check = (perPayment: bigint, perDay: bigint, spent: bigint, amount: bigint) =>
  checkBudget(budget(perPayment, perDay), spent as Raw, amount as Raw);

describe('the budget of a site', () => {
  test.each([
    { spent: 0n, amount: 10n, verdict: { kind: 'inside' } },
    { spent: 20n, amount: 10n, verdict: { kind: 'inside' } },
    { spent: 0n, amount: 11n, verdict: { kind: 'over', limit: 'payment' } },
    { spent: 21n, amount: 10n, verdict: { kind: 'over', limit: 'day' } },
    { spent: 30n, amount: 1n, verdict: { kind: 'over', limit: 'day' } },
    { spent: 31n, amount: 0n, verdict: { kind: 'over', limit: 'day' } },
  ])('of 10 a payment and 30 a day, $amount after $spent: $verdict.kind', ({ spent, amount, verdict }) => {
    expect(check(10n, 30n, spent, amount)).toEqual(verdict);
  });

  test('allows exactly what keeps both limits, to the last raw of any amount', () => {
    const raw = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
    fc.assert(
      fc.property(raw, raw, raw, raw, (perPayment, perDay, spent, amount) => {
        const inside = check(perPayment, perDay, spent, amount).kind === 'inside';
        expect(inside).toBe(amount <= perPayment && spent + amount <= perDay);
      }),
    );
  });
});

describe('the day that a payment counts for', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    process.env.TZ = zone ?? '';
    if (zone === undefined) delete process.env.TZ;
  });

  test.each([
    { TZ: 'UTC', at: '2026-11-22T23:59:59.999Z', day: '2026-11-22' },
    { TZ: 'UTC', at: '2026-11-23T00:00:00.000Z', day: '2026-11-23' },
    { TZ: 'Pacific/Auckland', at: '2026-11-22T11:00:00Z', day: '2026-11-23' },
    { TZ: 'America/Los_Angeles', at: '2026-11-23T07:59:59Z', day: '2026-11-22' },
    // The hour that is there twice, and the one that is not: the clocks of Berlin change.
    { TZ: 'Europe/Berlin', at: '2026-10-24T22:00:00Z', day: '2026-10-25' },
    { TZ: 'Europe/Berlin', at: '2026-10-25T22:59:59Z', day: '2026-10-25' },
    { TZ: 'Europe/Berlin', at: '2026-10-25T23:00:00Z', day: '2026-10-26' },
    { TZ: 'Europe/Berlin', at: '2026-03-29T21:59:59Z', day: '2026-03-29' },
  ])('is the one of the calendar in $TZ: $at is on $day', ({ TZ, at, day }) => {
    process.env.TZ = TZ;
    expect(dayOf(Date.parse(at))).toBe(day);
  });
});
