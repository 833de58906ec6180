import type * as v from 'valibot';
import type { BudgetPeriodSchema } from './budget-schema.ts';
import { type Day, daysAfter, daysBetween, monthsAfter, monthsBetween } from './spending-windows.ts';

/** How long a budget lasts, and whether it renews after that. */
export type BudgetPeriod = v.InferOutput<typeof BudgetPeriodSchema>;

/** One period of a budget that renews. */
export interface PeriodDays {
  /** The day on which the budget renewed; null for the first period. */
  readonly from: Day | null;
  /** The day on which the period ends or renews. */
  readonly until: Day;
}

/**
 * The period that a day falls into; null when the budget has ended. It depends on nothing but the day: a clock that is set
 * back returns to the earlier period, and to the sums that were spent in it.
 */
export function periodOn(period: BudgetPeriod, day: Day): PeriodDays | null {
  if (day < period.until) return { from: null, until: period.until };
  if (period.renews === 'never') return null;
  const count = renewals(period, day);
  return { from: renewal(period, count), until: renewal(period, count + 1) };
}

/** The day of the nth renewal. It is computed from the first period, so that the day of the month never drifts from 31 to 28. */
function renewal({ until, renews }: BudgetPeriod, nth: number): Day {
  return renews === 'week' ? daysAfter(until, 7 * (nth - 1)) : monthsAfter(until, nth - 1);
}

/** How many times a budget has renewed by a day that is not before the end of its first period. */
function renewals(period: BudgetPeriod, day: Day): number {
  if (period.renews === 'week') return Math.floor(daysBetween(period.until, day) / 7) + 1;
  const months = monthsBetween(period.until, day);
  return renewal(period, months + 1) <= day ? months + 1 : months;
}
