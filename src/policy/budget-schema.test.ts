import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { budgetOf, SHOP } from '../payments/samples.fixture.ts';
import { newBudget } from './budget.ts';
import { BudgetPeriodSchema, BudgetSchema, DayText, Moment, SiteText } from './budget-schema.ts';

const accepts = (schema: v.GenericSchema, value: unknown) => v.safeParse(schema, value).success;
/** A budget as its JSON has it. */
const json = (parts: object = {}) => ({
  ...budgetOf({ since: 0 }),
  perPayment: '10',
  perDay: '20',
  ...parts,
});

describe('the fields of a budget', () => {
  test.each(['https://shop.example', 'http://shop.example:8080'])('%s is a site', (text) => {
    expect(accepts(SiteText, text)).toBe(true);
  });

  test.each([
    '',
    'shop.example',
    'https://shop.example/',
    'https://shop.example/a',
    'HTTPS://shop.example',
    7,
  ])('%j is no site', (value) => {
    expect(accepts(SiteText, value)).toBe(false);
  });

  test.each(['never', 'week', 'month'])('a period may renew: %s', (renews) => {
    expect(accepts(BudgetPeriodSchema, { until: '2026-12-01', renews })).toBe(true);
  });

  test('a period of another kind, or until a day that does not exist, is refused', () => {
    expect(accepts(BudgetPeriodSchema, { until: '2026-12-01', renews: '' })).toBe(false);
    expect(accepts(BudgetPeriodSchema, { until: '2026-12-01', renews: 'year' })).toBe(false);
    expect(accepts(BudgetPeriodSchema, { until: '2026-02-30', renews: 'never' })).toBe(false);
    expect(accepts(DayText, '2028-02-29')).toBe(true);
  });

  test('the start of the epoch is a moment, and nothing before it is', () => {
    expect([accepts(Moment, 0), accepts(Moment, -1)]).toEqual([true, false]);
  });

  test.each([0, 1, 100])('a price may rise by %i percent', (priceRise) => {
    expect(accepts(BudgetSchema, json({ priceRise }))).toBe(true);
  });

  test.each([-1, 0.5, '10'])('a price may not rise by %j percent', (priceRise) => {
    expect(accepts(BudgetSchema, json({ priceRise }))).toBe(false);
  });
});

test('a new budget has no limit, allows no price to rise, and is bound to its first payee', () => {
  const { perPayment, perHour, perDay, perMonth, total, ...others } = newBudget('nano:live', SHOP, 0);
  expect([perPayment, perHour, perDay, perMonth, total]).toEqual(Array(5).fill(null));
  expect(others).toMatchObject({ period: null, pinned: true, payTo: null, priceRise: 0, paused: false });
  expect([others.initiators, others.since]).toEqual([[], 0]);
});
