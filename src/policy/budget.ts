import type * as v from 'valibot';
import { Fault } from '../fault.ts';
import { addRaw, type Raw } from '../nano/amount.ts';
import type { Site } from '../site.ts';
import { periodOn } from './budget-period.ts';
import type { BudgetSchema } from './budget-schema.ts';
import {
  type CalendarWindows,
  calendarDay,
  calendarWindows,
  type Day,
  monthsAfter,
} from './spending-windows.ts';

/** The limits on sums of payments, the shortest window first: one per calendar window, and `total` for the whole period. */
export const SUM_LIMITS = ['perHour', 'perDay', 'perMonth', 'total'] as const;
export type SumLimit = (typeof SUM_LIMITS)[number];

/** Every amount that limits a budget. */
export type Limit = 'perPayment' | SumLimit;

/** What a site may spend without asking. Amounts in raw; a limit that is not set is null. */
export type Budget = v.InferOutput<typeof BudgetSchema>;

/** The fields of a budget that the user sets. */
export type BudgetChange = Partial<
  Pick<Budget, Limit | 'period' | 'pinned' | 'payTo' | 'priceRise' | 'initiators' | 'paused'>
>;

/** What was spent and reserved under each limit (raw), without session tags. */
export type Spent = Readonly<Record<SumLimit, Raw>>;

/** The limits on the sums over all sites. */
export const CAP_LIMITS = ['perDay', 'perMonth'] as const;
export type CapLimit = (typeof CAP_LIMITS)[number];
export type Cap = Readonly<Record<CapLimit, Raw | null>>;

/** The cap, and what all sites of a network have spent and reserved under it (raw), without session tags. */
export interface Overall {
  readonly cap: Cap;
  readonly spentByAll: Readonly<Record<CapLimit, Raw>>;
}

/** What limits a site's next payment: its own budget, and the cap over all sites. */
export interface Allowance extends Overall {
  readonly budget: Budget | null;
  readonly spent: Spent;
  /** The session tags of this day (raw). No limit counts them. */
  readonly tagsToday: Raw;
}

/** The windows in which a payment was counted, by name. An amount that is given back is taken out of exactly these. */
export interface SpendingWindows extends CalendarWindows {
  /** The current period of the site's budget; null where there was none. */
  readonly period: string | null;
}

/** The windows in which a payment at this time (ms since the epoch) counts. */
export function spendingWindowsAt(budget: Budget | null, at: number): SpendingWindows {
  return { ...calendarWindows(at), period: (budget && periodAt(budget, at)?.name) ?? null };
}

/** The name of the current period, and the day on which it ends or renews; null when the budget has ended. */
export function periodAt(
  { period, firstPeriod }: Budget,
  at: number,
): { readonly name: string; readonly until: Day | null } | null {
  if (period === null) return { name: firstPeriod, until: null };
  const current = periodOn(period, calendarDay(at));
  if (current === null) return null;
  const { from, until } = current;
  return { name: from === null ? firstPeriod : `${firstPeriod} ${from}`, until };
}

/**
 * The first limit, the narrowest first, that `price` (raw, see `Debit`) would exceed together with what was spent; null
 * when there is none.
 */
export function limitPassed(budget: Budget, spent: Spent, price: Raw): Limit | null {
  if (budget.perPayment !== null && price > budget.perPayment) return 'perPayment';
  return SUM_LIMITS.find((limit) => passes(budget[limit], spent[limit], price)) ?? null;
}

/** The first limit of the cap over all sites that `price` (raw) would exceed; null when there is none. */
export function capPassed({ cap, spentByAll }: Overall, price: Raw): CapLimit | null {
  return CAP_LIMITS.find((limit) => passes(cap[limit], spentByAll[limit], price)) ?? null;
}

function passes(limit: Raw | null, spent: Raw, price: Raw): boolean {
  return limit !== null && addRaw(spent, price) > limit;
}

/** A budget that allows nothing yet. */
export function newBudget(network: string, site: Site, now: number): Budget {
  return {
    site,
    network,
    perPayment: null,
    perHour: null,
    perDay: null,
    perMonth: null,
    total: null,
    period: null,
    pinned: true,
    payTo: null,
    priceRise: 0,
    initiators: [],
    paused: false,
    since: now,
    firstPeriod: periodName(now),
  };
}

/** Names the first period of a budget. A budget that is removed and set again gets a new name, and so starts at zero. */
const periodName = (since: number) => `period ${since}`;

/**
 * The budget with the user's changes. After a change of its period the sums go on from those of the current period; only a
 * renewal resets the total. A change to a budget that has ended sets a new budget.
 *
 * @param now the time (ms since the epoch)
 * @throws Fault `fault_budgetUnlimited` when no limit on a sum is set
 */
export function changeBudget(before: Budget, change: BudgetChange, now: number): Budget {
  const running = periodAt(before, now);
  if (running === null && change.period === undefined) {
    return changeBudget(newBudget(before.network, before.site, now), change, now);
  }
  const changed = { ...before, ...change };
  if (SUM_LIMITS.every((limit) => changed[limit] === null)) throw new Fault('fault_budgetUnlimited');
  if (running === null) return { ...changed, since: now, firstPeriod: periodName(now) };
  const sameEnd = (changed.period?.until ?? null) === running.until;
  const sameRule = sameEnd && changed.period?.renews === before.period?.renews;
  return sameRule ? { ...changed, period: before.period } : { ...changed, firstPeriod: running.name };
}

/** The day on which more may be spent again; null where no limit renews, or all do within the day. */
export function renewalOf(budget: Budget, at: number): Day | null {
  const { period, perMonth } = budget;
  if (period !== null && period.renews !== 'never') return periodAt(budget, at)?.until ?? null;
  return perMonth === null ? null : monthsAfter(`${calendarWindows(at).month}-01` as Day, 1);
}

/** How much of one limit is used. */
export interface Use<L extends SumLimit = SumLimit> {
  readonly limit: L;
  readonly spent: Raw;
  readonly of: Raw;
  /** The highest mark that is reached (percent), of which the user is warned. */
  readonly mark: (typeof MARKS)[number] | 0;
}

const MARKS = [100, 80, 50] as const;

/** How much of each limit that is set is used, the shortest window first. */
export function usesOf<L extends SumLimit>(
  order: readonly L[],
  limits: Readonly<Record<L, Raw | null>>,
  spent: Readonly<Record<L, Raw>>,
): readonly Use<L>[] {
  return order.flatMap((limit) => {
    const of = limits[limit];
    return of === null ? [] : [{ limit, spent: spent[limit], of, mark: markOf(spent[limit], of) }];
  });
}

/** How much of each limit of a budget is used. */
export function budgetUse(budget: Budget, spent: Spent): readonly Use[] {
  return usesOf(SUM_LIMITS, budget, spent);
}

function markOf(spent: Raw, of: Raw): Use['mark'] {
  return MARKS.find((mark) => spent * 100n >= of * BigInt(mark)) ?? 0;
}
