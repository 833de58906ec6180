import type * as v from 'valibot';
import { Fault } from '../fault.ts';
import { addRaw, type Raw } from '../nano/amount.ts';
import type { Site } from '../site.ts';
import { stretchOf } from './budget-period.ts';
import type { BudgetSchema } from './budget-schema.ts';
import {
  type CalendarWindows,
  calendarDay,
  calendarWindows,
  type Day,
  monthsAfter,
} from './spending-windows.ts';

/** The limits that sums of payments keep, the shortest first: a calendar window each, and the term as a whole. */
export const SUM_LIMITS = ['perHour', 'perDay', 'perMonth', 'total'] as const;
export type SumLimit = (typeof SUM_LIMITS)[number];

/** Every amount that limits a budget. */
export type Limit = 'perPayment' | SumLimit;

/** What a site may spend without asking. Amounts in raw; a limit that is not set is null. */
export type Budget = v.InferOutput<typeof BudgetSchema>;

/** What the user sets of a budget. */
export type BudgetChange = Partial<
  Pick<Budget, Limit | 'term' | 'pinned' | 'payTo' | 'priceRise' | 'initiators' | 'paused'>
>;

/** What was spent and reserved under each limit (raw). */
export type Spent = Readonly<Record<SumLimit, Raw>>;

/** The limits that all sites keep together. */
export const CAP_LIMITS = ['perDay', 'perMonth'] as const;
export type CapLimit = (typeof CAP_LIMITS)[number];
export type Cap = Readonly<Record<CapLimit, Raw | null>>;

/** The cap, and what all sites of a network have spent and reserved under it (raw). */
export interface Overall {
  readonly cap: Cap;
  readonly spentByAll: Readonly<Record<CapLimit, Raw>>;
}

/** All that bears on a site's next payment: its own budget, and the cap over all sites. */
export interface Allowance extends Overall {
  readonly budget: Budget | null;
  readonly spent: Spent;
}

/** The windows in which a payment was counted, by name. What is given back goes to exactly these. */
export interface SpendingWindows extends CalendarWindows {
  /** The running term of the site's budget; null where there was none. */
  readonly term: string | null;
}

/** The windows in which a payment of this moment counts. */
export function spendingWindowsAt(budget: Budget | null, at: number): SpendingWindows {
  return { ...calendarWindows(at), term: (budget && termAt(budget, at)?.name) ?? null };
}

/** The term that is running, with the day on which it ends or renews; null when the budget has ended. */
export function termAt(
  { term: period, firstTerm }: Budget,
  at: number,
): { readonly name: string; readonly until: Day | null } | null {
  if (period === null) return { name: firstTerm, until: null };
  const stretch = stretchOf(period, calendarDay(at));
  if (stretch === null) return null;
  const { from, until } = stretch;
  return { name: from === null ? firstTerm : `${firstTerm} ${from}`, until };
}

/**
 * The first limit, the narrowest first, that `amount` does not keep on top of what was spent; null when it keeps them
 * all. All in raw: the very integer that is shown, debited and signed.
 */
export function limitPassed(budget: Budget, spent: Spent, amount: Raw): Limit | null {
  if (budget.perPayment !== null && amount > budget.perPayment) return 'perPayment';
  return SUM_LIMITS.find((limit) => passes(budget[limit], spent[limit], amount)) ?? null;
}

/** The same for the cap over all sites. */
export function capPassed({ cap, spentByAll }: Overall, amount: Raw): CapLimit | null {
  return CAP_LIMITS.find((limit) => passes(cap[limit], spentByAll[limit], amount)) ?? null;
}

function passes(limit: Raw | null, spent: Raw, amount: Raw): boolean {
  return limit !== null && addRaw(spent, amount) > limit;
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
    term: null,
    pinned: true,
    payTo: null,
    priceRise: 0,
    initiators: [],
    paused: false,
    since: now,
    firstTerm: termName(now),
  };
}

/** Names the first term of a budget: one that is removed and set again begins with nothing spent. */
const termName = (since: number) => `term ${since}`;

/**
 * The budget with what the user changed. A new rule for its term goes on counting where the running term stands; only
 * a renewal starts the total anew. A budget that has ended is as good as none, and what is set then is a new one.
 *
 * @throws Fault `fault_budgetUnlimited` when nothing would limit what it spends in the long run
 */
export function changeBudget(before: Budget, change: BudgetChange, now: number): Budget {
  const running = termAt(before, now);
  if (running === null && change.term === undefined) {
    return changeBudget(newBudget(before.network, before.site, now), change, now);
  }
  const changed = { ...before, ...change };
  if (SUM_LIMITS.every((limit) => changed[limit] === null)) throw new Fault('fault_budgetUnlimited');
  if (running === null) return { ...changed, since: now, firstTerm: termName(now) };
  const sameEnd = (changed.term?.until ?? null) === running.until;
  const sameRule = sameEnd && changed.term?.renews === before.term?.renews;
  return sameRule ? { ...changed, term: before.term } : { ...changed, firstTerm: running.name };
}

/** The day on which more may be spent again; null where nothing renews, or does so within the day. */
export function renewalOf(budget: Budget, at: number): Day | null {
  const { term: period, perMonth } = budget;
  if (period !== null && period.renews !== 'never') return termAt(budget, at)?.until ?? null;
  return perMonth === null ? null : monthsAfter(`${calendarWindows(at).month}-01` as Day, 1);
}

/** How much of one limit is used. */
export interface Use<L extends SumLimit = SumLimit> {
  readonly limit: L;
  readonly spent: Raw;
  readonly of: Raw;
  /** The highest mark that is reached, in percent: what the user is warned of. */
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
