import type { FaultKey, MessageKey } from '../../fault.ts';
import type { PageInput } from '../../messages/contract.ts';
import type { BudgetView, RawString } from '../../messages/views.ts';
import { parseXno } from '../../nano/amount.ts';
import { calendarDay, type Day, isDay, monthsAfter } from '../../policy/spending-windows.ts';
import { exactXno } from '../../ui/format.ts';
import { faultOf } from '../../ui/query.ts';

/** A budget as it stands in the boxes of its form. */
export interface BudgetDraft {
  readonly perPayment: string;
  readonly perHour: string;
  readonly perDay: string;
  readonly perMonth: string;
  readonly total: string;
  readonly lasts: (typeof LASTS)[number];
  readonly until: string;
  readonly pinned: boolean;
  readonly priceRise: string;
  /** One to a line. */
  readonly initiators: string;
  readonly paused: boolean;
}

/** How long a budget lasts: without end, to a day, or from one renewal to the next. */
export const LASTS = ['always', 'never', 'week', 'month'] as const;

const LIMITS = ['perPayment', 'perHour', 'perDay', 'perMonth', 'total'] as const;
export type DraftLimit = (typeof LIMITS)[number];

/** What a form means, or what must be said of it first; `field` is where. */
export type Reading =
  | { readonly kind: 'change'; readonly change: Omit<PageInput<'budget.save'>, 'site'> }
  | { readonly kind: 'remark'; readonly field: keyof BudgetDraft; readonly key: MessageKey };

/** The boxes of a form for a budget, at a moment (ms). */
export function draftOf(budget: BudgetView, now: number): BudgetDraft {
  const text = (limit: RawString | null) => (limit === null ? '' : exactXno(limit));
  return {
    perPayment: text(budget.perPayment),
    perHour: text(budget.perHour),
    perDay: text(budget.perDay),
    perMonth: text(budget.perMonth),
    total: text(budget.total),
    lasts: budget.term?.renews ?? 'always',
    until: budget.term?.until ?? nextMonth(now),
    pinned: budget.pinned,
    priceRise: String(budget.priceRise),
    initiators: budget.initiators.join('\n'),
    paused: budget.paused,
  };
}

/** What the boxes of a form mean at a moment (ms): a change of the budget, or the first thing to be said of them. */
export function readDraft(draft: BudgetDraft, now: number): Reading {
  const limits = new Map<DraftLimit, bigint | null>();
  for (const limit of LIMITS) {
    const text = draft[limit].trim();
    const raw = text === '' ? null : readXno(text);
    if (typeof raw === 'string') return { kind: 'remark', field: limit, key: raw };
    limits.set(limit, raw);
  }
  const [most = null, ...sums] = LIMITS.map((limit) => limits.get(limit) ?? null);
  if (sums.every((limit) => limit === null)) return remark('perDay', 'fault_budgetUnlimited');
  const narrow = LIMITS.find((limit) => most !== null && (limits.get(limit) ?? most) < most);
  if (narrow !== undefined) return remark(narrow, 'popup_limitBelow');

  const term = draft.lasts === 'always' ? null : { until: draft.until, renews: draft.lasts };
  if (term !== null && (!isDay(term.until) || term.until <= calendarDay(now)))
    return remark('until', 'popup_dateFault');
  const renews = term !== null && term.renews !== 'never';
  if (renews && limits.get('total') === null) return remark('total', 'popup_renewsNothing');
  if (!/^(0|[1-9]\d{0,2}|1000)$/.test(draft.priceRise.trim()))
    return remark('priceRise', 'popup_priceRiseFault');
  return {
    kind: 'change',
    change: {
      ...Object.fromEntries([...limits].map(([limit, raw]) => [limit, raw?.toString() ?? null])),
      term,
      pinned: draft.pinned,
      priceRise: Number(draft.priceRise),
      initiators: draft.initiators.split(/\s+/).filter((line) => line !== ''),
      paused: draft.paused,
    },
  };
}

/** The first day of the next month: where a term ends unless the user says otherwise. */
function nextMonth(now: number): Day {
  return monthsAfter(`${calendarDay(now).slice(0, 'YYYY-MM'.length)}-01` as Day, 1);
}

function readXno(text: string): bigint | FaultKey {
  try {
    return parseXno(text);
  } catch (error) {
    return faultOf(error).key;
  }
}

const remark = (field: keyof BudgetDraft, key: MessageKey): Reading => ({ kind: 'remark', field, key });
