import type * as v from 'valibot';
import type { BudgetPeriodSchema } from './budget-schema.ts';
import { type Day, daysAfter, daysBetween, monthsAfter, monthsBetween } from './spending-windows.ts';

/** How long a budget lasts, and what comes then. */
export type BudgetPeriod = v.InferOutput<typeof BudgetPeriodSchema>;

/** One stretch of a term that renews. */
export interface Stretch {
  /** The day on which it renewed; null for the first stretch. */
  readonly from: Day | null;
  /** The day on which it ends or renews. */
  readonly until: Day;
}

/**
 * The stretch of a term that a day falls into, or null when the term is over. Nothing of it is remembered: a clock that
 * goes back comes back to the stretch of then, and to what was spent in it.
 */
export function stretchOf(period: BudgetPeriod, day: Day): Stretch | null {
  if (day < period.until) return { from: null, until: period.until };
  if (period.renews === 'never') return null;
  const gone = renewals(period, day);
  return { from: renewal(period, gone), until: renewal(period, gone + 1) };
}

/** The day of the nth renewal, counted from the first term: months never drift from 31 to 28. */
function renewal({ until, renews }: BudgetPeriod, nth: number): Day {
  return renews === 'week' ? daysAfter(until, 7 * (nth - 1)) : monthsAfter(until, nth - 1);
}

/** How many times a term has renewed by a day that is not before its end. */
function renewals(period: BudgetPeriod, day: Day): number {
  if (period.renews === 'week') return Math.floor(daysBetween(period.until, day) / 7) + 1;
  const months = monthsBetween(period.until, day);
  return renewal(period, months + 1) <= day ? months + 1 : months;
}
