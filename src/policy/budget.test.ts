import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import { budgetOf, NETWORK, SHOP } from '../payments/samples.fixture.ts';
import {
  type Budget,
  budgetUse,
  capPassed,
  changeBudget,
  limitPassed,
  newBudget,
  periodAt,
  renewalOf,
  type Spent,
  SUM_LIMITS,
  spendingWindowsAt,
} from './budget.ts';
import type { Day } from './spending-windows.ts';

/** Noon of a day, by the user's own clock. */
const noon = (day: string) => new Date(`${day}T12:00:00`).getTime();
const until = (day: string, renews: 'never' | 'week' | 'month') => ({ until: day as Day, renews });
const spentOf = (parts: Partial<Record<keyof Spent, bigint>> = {}): Spent => {
  const { perHour = 0n, perDay = 0n, perMonth = 0n, total = 0n } = parts;
  return { perHour, perDay, perMonth, total } as Spent;
};
const limited = (parts: Partial<Record<keyof Spent | 'perPayment', bigint | null>>) =>
  budgetOf({ perPayment: null, perDay: null, ...parts } as Partial<Budget>);

describe('the limits of a budget', () => {
  test.each([
    { spent: {}, amount: 10n, passed: null },
    { spent: {}, amount: 11n, passed: 'perPayment' },
    { spent: { perHour: 11n }, amount: 10n, passed: 'perHour' },
    { spent: { perHour: 10n, perDay: 20n, perMonth: 30n, total: 40n }, amount: 10n, passed: null },
    { spent: { perDay: 21n }, amount: 10n, passed: 'perDay' },
    { spent: { perMonth: 31n }, amount: 10n, passed: 'perMonth' },
    { spent: { total: 41n }, amount: 10n, passed: 'total' },
    // Exceeded by approved payments: no amount is allowed, not even zero.
    { spent: { perDay: 31n }, amount: 0n, passed: 'perDay' },
    // The narrowest is named first.
    { spent: { perHour: 20n, total: 50n }, amount: 1n, passed: 'perHour' },
  ])('of 10, 20, 30, 40 and 50: $amount after $spent passes $passed', ({ spent, amount, passed }) => {
    const budget = limited({ perPayment: 10n, perHour: 20n, perDay: 30n, perMonth: 40n, total: 50n });
    expect(limitPassed(budget, spentOf(spent), amount as Raw)).toBe(passed);
  });

  test('allow exactly what keeps every one that is set, to the last raw of any amount', () => {
    const raw = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
    const four = <T>(of: fc.Arbitrary<T>) => fc.record({ perHour: of, perDay: of, perMonth: of, total: of });
    const limit = fc.option(raw);
    fc.assert(
      fc.property(limit, four(limit), four(raw), raw, (perPayment, limits, spent, amount) => {
        const keeps = (of: bigint | null, sum: bigint) => of === null || sum <= of;
        const inside =
          keeps(perPayment, amount) && SUM_LIMITS.every((name) => keeps(limits[name], spent[name] + amount));
        const passed = limitPassed(limited({ perPayment, ...limits }), spentOf(spent), amount as Raw);
        expect(passed === null).toBe(inside);
      }),
    );
  });

  test('do not include the cap over all sites', () => {
    const overall = {
      cap: { perDay: 10n as Raw, perMonth: 20n as Raw },
      spentByAll: { perDay: 5n as Raw, perMonth: 14n as Raw },
    };
    expect(capPassed(overall, 5n as Raw)).toBeNull();
    expect(capPassed(overall, 6n as Raw)).toBe('perDay');
    expect(capPassed({ ...overall, cap: { perDay: null, perMonth: 20n as Raw } }, 7n as Raw)).toBe(
      'perMonth',
    );
    expect(capPassed({ ...overall, cap: { perDay: null, perMonth: null } }, 7n as Raw)).toBeNull();
  });
});

describe('the period of a budget', () => {
  test('has a sum of its own, to which a clock that is set back returns', () => {
    const budget = budgetOf({ total: 10n as Raw, period: until('2026-12-01', 'month') });
    const names = ['2026-11-30', '2026-12-01', '2026-12-31', '2027-01-01', '2026-11-22'].map(
      (day) => periodAt(budget, noon(day))?.name,
    );
    expect(names[0]).toBe(budget.firstPeriod);
    expect(names[2]).toBe(names[1]);
    expect(names[4]).toBe(names[0]);
    expect(new Set(names).size).toBe(3);
  });

  test('a budget that has ended allows nothing, like no budget', () => {
    const budget = budgetOf({ period: until('2026-12-01', 'never') });
    expect(periodAt(budget, noon('2026-12-01'))).toBeNull();
    expect(spendingWindowsAt(budget, noon('2026-12-01')).period).toBeNull();
    expect(spendingWindowsAt(null, noon('2026-12-01')).period).toBeNull();
    expect(spendingWindowsAt(budget, noon('2026-11-30')).period).toBe(budget.firstPeriod);
  });

  test.each([
    [{ perMonth: 1n as Raw }, '2026-12-01'],
    [{ total: 1n as Raw, period: until('2026-11-25', 'week') }, '2026-12-02'],
    [{ total: 1n as Raw, period: until('2027-02-01', 'month'), perMonth: 1n as Raw }, '2027-02-01'],
    [{ perMonth: 1n as Raw, period: until('2026-11-29', 'never') }, '2026-12-01'],
    [{}, null],
  ])('more can be spent again on the first day of the next period or month: case %#', (parts, day) => {
    expect(renewalOf(budgetOf(parts), noon('2026-11-28'))).toBe(day);
  });
});

describe('changing a budget', () => {
  const now = noon('2026-11-22');
  const fresh = newBudget(NETWORK, SHOP, now);
  const monthly = () => changeBudget(fresh, { total: 9n as Raw, period: until('2026-12-01', 'month') }, now);

  test.each([{}, { perPayment: 1n as Raw }, { period: until('2027-01-01', 'never') }])(
    'to one without a limit on a sum is refused: case %#',
    (change) => {
      expect(() => changeBudget(fresh, change, now)).toThrow('fault_budgetUnlimited');
    },
  );

  test.each(SUM_LIMITS)('to one with only the limit %s is accepted', (limit) => {
    expect(changeBudget(fresh, { [limit]: 5n }, now)).toEqual({ ...fresh, [limit]: 5n });
  });

  test('does not change omitted fields', () => {
    const before = changeBudget(fresh, { perDay: 5n as Raw, priceRise: 7, pinned: false }, now);
    expect(changeBudget(before, { perDay: 6n as Raw }, now + 1)).toEqual({ ...before, perDay: 6n });
  });

  test('after a renewal, with the current end of the period unchanged, does not change the period', () => {
    const later = noon('2027-02-10');
    const changed = changeBudget(
      monthly(),
      { total: 8n as Raw, period: until('2027-03-01', 'month') },
      later,
    );
    expect(changed.period).toEqual(monthly().period);
    expect(periodAt(changed, later)).toEqual(periodAt(monthly(), later));
  });

  test('to a new rule of renewal keeps the sums of the current period', () => {
    const later = noon('2027-02-10');
    const running = periodAt(monthly(), later)?.name;
    for (const period of [null, until('2027-05-05', 'never'), until('2027-03-01', 'week')]) {
      expect(periodAt(changeBudget(monthly(), { period }, later), later)?.name).toBe(running);
    }
  });

  test('to another renewal on the same day is kept, for the periods after this one', () => {
    const later = noon('2027-02-10');
    const { until: end } = periodAt(monthly(), later) ?? {};
    expect(end).toBeTypeOf('string');
    const changed = changeBudget(monthly(), { period: until(end ?? '', 'week') }, later);
    expect(changed.period).toEqual({ until: end, renews: 'week' });
  });

  test('that has ended sets a new budget, with nothing spent', () => {
    const ended = changeBudget(
      fresh,
      { perHour: 1n as Raw, perDay: 5n as Raw, period: until('2026-12-01', 'never') },
      now,
    );
    const later = noon('2026-12-05');
    expect(changeBudget(ended, { perDay: 7n as Raw }, later)).toEqual({
      ...newBudget(NETWORK, SHOP, later),
      perDay: 7n,
    });
    const prolonged = changeBudget(ended, { period: until('2027-01-01', 'never') }, later);
    expect(prolonged).toMatchObject({ perHour: 1n, perDay: 5n, since: later });
    expect(periodAt(prolonged, later)?.name).not.toBe(ended.firstPeriod);
  });
});

describe('how much of a budget is used', () => {
  test.each([
    [0n, 0],
    [49n, 0],
    [50n, 50],
    [79n, 50],
    [80n, 80],
    [99n, 80],
    [100n, 100],
    [101n, 100],
  ])('%d of 100 reaches the mark of %d percent', (spent, mark) => {
    expect(budgetUse(limited({ perMonth: 100n }), spentOf({ perMonth: spent }))).toEqual([
      { limit: 'perMonth', spent, of: 100n, mark },
    ]);
  });

  test.each([50n, 80n, 100n])(
    'one raw below %d percent of the supply does not reach that mark',
    (percent) => {
      const of = 10n ** 38n;
      const [use] = budgetUse(limited({ total: of }), spentOf({ total: (of * percent) / 100n - 1n }));
      expect(use?.mark).toBeLessThan(Number(percent));
    },
  );

  test('is listed for each limit that is set, the shortest window first', () => {
    const budget = limited({ total: 4n, perHour: 1n, perDay: 2n });
    expect(
      budgetUse(budget, spentOf({ perDay: 1n, perMonth: 9n })).map(({ limit, mark }) => [limit, mark]),
    ).toEqual([
      ['perHour', 0],
      ['perDay', 50],
      ['total', 0],
    ]);
  });

  test('rounding neither lifts a use to a mark nor keeps it below one', () => {
    const raw = fc.bigInt({ min: 1n, max: 2n ** 127n });
    fc.assert(
      fc.property(raw, raw, (spent, of) => {
        const [use] = budgetUse(limited({ total: of }), spentOf({ total: spent }));
        const reached = ([100, 80, 50] as const).find((mark) => 100n * spent >= BigInt(mark) * of) ?? 0;
        expect(use?.mark).toBe(reached);
      }),
    );
    expect(budgetUse(limited({ total: 0n }), spentOf())).toMatchObject([{ mark: 100 }]);
  });
});
