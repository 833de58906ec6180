import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BudgetPeriod, periodOn } from './budget-period.ts';
import { type Day, daysAfter } from './spending-windows.ts';

const period = (until: string, renews: BudgetPeriod['renews']): BudgetPeriod => ({
  until: until as Day,
  renews,
});
const day = (text: string) => text as Day;

test('a period that never renews ends on its day', () => {
  const once = period('2026-12-01', 'never');
  expect(periodOn(once, day('2026-11-30'))).toEqual({ from: null, until: '2026-12-01' });
  expect(periodOn(once, day('2026-12-01'))).toBeNull();
  expect(periodOn(once, day('2030-01-01'))).toBeNull();
});

describe('a budget that renews', () => {
  test.each([
    ['week', '2026-12-01', '2026-12-01', '2026-12-08'],
    ['week', '2026-12-07', '2026-12-01', '2026-12-08'],
    ['week', '2026-12-08', '2026-12-08', '2026-12-15'],
    ['month', '2026-12-01', '2026-12-01', '2027-01-01'],
    ['month', '2026-12-31', '2026-12-01', '2027-01-01'],
    ['month', '2027-01-01', '2027-01-01', '2027-02-01'],
    ['month', '2031-06-15', '2031-06-01', '2031-07-01'],
  ] as const)('each %s: %s is in the period from %s to %s', (renews, on, from, until) => {
    expect(periodOn(period('2026-12-01', renews), day(on))).toEqual({ from, until });
    expect(periodOn(period('2026-12-01', renews), day('2026-11-30'))).toMatchObject({ from: null });
  });

  test('on the last day of a month keeps that day after shorter months', () => {
    const monthly = period('2027-01-31', 'month');
    expect(periodOn(monthly, day('2027-02-27'))).toEqual({ from: '2027-01-31', until: '2027-02-28' });
    expect(periodOn(monthly, day('2027-02-28'))).toEqual({ from: '2027-02-28', until: '2027-03-31' });
    expect(periodOn(monthly, day('2027-03-30'))).toEqual({ from: '2027-02-28', until: '2027-03-31' });
    expect(periodOn(monthly, day('2027-03-31'))).toEqual({ from: '2027-03-31', until: '2027-04-30' });
  });

  test('has every day in exactly one period', () => {
    const days = fc.nat(5_000).map((days) => daysAfter(day('2026-01-01'), days));
    fc.assert(
      fc.property(days, fc.nat(5_000), fc.constantFrom('week', 'month'), (until, later, renews) => {
        const rule = { until, renews };
        const on = daysAfter(until, later);
        const current = periodOn(rule, on);
        expect(current?.from && current.from <= on && on < current.until).toBe(true);
        expect(periodOn(rule, current?.until ?? on)?.from).toBe(current?.until);
      }),
    );
  });
});
