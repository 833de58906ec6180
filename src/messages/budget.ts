import * as v from 'valibot';
import { limit, nothing, type RawString, site } from './fields.ts';
import { message } from './message.ts';

/** How much of one limit is used. */
export interface UseView {
  readonly limit: 'perHour' | 'perDay' | 'perMonth' | 'total';
  /** Spent and reserved, without session tags. */
  readonly spent: RawString;
  readonly of: RawString;
  /** The highest threshold that is reached (percent). */
  readonly mark: 0 | 50 | 80 | 100;
}

export interface BudgetView {
  readonly site: string;
  /** Each limit is null where there is none. */
  readonly perPayment: RawString | null;
  readonly perHour: RawString | null;
  readonly perDay: RawString | null;
  readonly perMonth: RawString | null;
  readonly total: RawString | null;
  /** The current period, with the day (`YYYY-MM-DD`) on which it ends or renews; null when nothing ends. */
  readonly term: { readonly until: string; readonly renews: 'never' | 'week' | 'month' } | null;
  /** The period is over: the purse asks. */
  readonly ended: boolean;
  /** The day on which more may be spent again; null where nothing renews but days and hours. */
  readonly renewsOn: string | null;
  /** Of each limit that is set, the shortest window first; none of a budget that has ended. */
  readonly uses: readonly UseView[];
  /** Spent and reserved since midnight, with the session tags. */
  readonly spentToday: RawString;
  /** The part of it that is session tags, which no limit counts. */
  readonly tagsToday: RawString;
  /** Whether another payee than this one is asked about. */
  readonly pinned: boolean;
  readonly payTo: string | null;
  /** How many percent a price may rise without asking. */
  readonly priceRise: number;
  /** Other sites whose pages may spend this budget. */
  readonly initiators: readonly string[];
  readonly paused: boolean;
}

/** What all sites together may spend without asking. */
export interface CapView {
  readonly perDay: RawString | null;
  readonly perMonth: RawString | null;
  readonly uses: readonly UseView[];
}

/** A field that is left out stays as it is; in a new budget it sets no limit and allows nothing. */
const change = {
  perPayment: v.exactOptional(limit),
  perHour: v.exactOptional(limit),
  perDay: v.exactOptional(limit),
  perMonth: v.exactOptional(limit),
  total: v.exactOptional(limit),
  term: v.exactOptional(
    v.nullable(
      v.strictObject({
        until: v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/)),
        renews: v.picklist(['never', 'week', 'month']),
      }),
    ),
  ),
  pinned: v.exactOptional(v.boolean()),
  priceRise: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000))),
  initiators: v.exactOptional(v.pipe(v.array(site), v.maxLength(32))),
  paused: v.exactOptional(v.boolean()),
};

export const budgetMessages = {
  'budget.list': message(nothing, 'open')<readonly BudgetView[]>(),
  'budget.save': message(v.strictObject({ site, ...change }), 'open')<null>(),
  'budget.remove': message(v.strictObject({ site }), { lessens: () => true })<null>(),
} as const;
