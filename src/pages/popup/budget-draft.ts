import type { FaultKey, MessageKey } from '../../fault.ts';
import type { BudgetView } from '../../messages/budget.ts';
import type { PageInput } from '../../messages/contract.ts';
import type { RawString } from '../../messages/fields.ts';
import { calendarDay, type Day, isDay, monthsAfter } from '../../policy/spending-windows.ts';
import { exactXno } from '../../ui/format.ts';
import { readAmount } from '../../ui/typed-amount.ts';

/** The content of the budget form. */
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
  /** One site per line. */
  readonly initiators: string;
}

/** The periods of a budget: none, until a day without renewal, or renewed each week or month. */
export const LASTS = ['always', 'never', 'week', 'month'] as const;

const LIMITS = ['perPayment', 'perHour', 'perDay', 'perMonth', 'total'] as const;
export type DraftLimit = (typeof LIMITS)[number];

/** What the form means: a change of the budget, or a remark about one field. */
export type Reading =
  | { readonly kind: 'change'; readonly change: Omit<PageInput<'budget.save'>, 'site' | 'paused'> }
  | { readonly kind: 'remark'; readonly field: keyof BudgetDraft; readonly key: MessageKey };

/** Returns the form content for a new budget at a time (ms): pages cost a few hundredths, and ten payments fit into a day. */
export function newDraft(now: number): BudgetDraft {
  return {
    perPayment: '0.05',
    perHour: '',
    perDay: '0.5',
    perMonth: '',
    total: '',
    lasts: 'always',
    until: nextMonth(now),
    pinned: true,
    priceRise: '0',
    initiators: '',
  };
}

/** Returns the form content for a budget at a time (ms). */
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
  };
}

/** Reads the form at a time (ms): returns the change of the budget, or the first remark. */
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

  const period = draft.lasts === 'always' ? null : { until: draft.until, renews: draft.lasts };
  if (period !== null && (!isDay(period.until) || period.until <= calendarDay(now)))
    return remark('until', 'popup_dateFault');
  const renews = period !== null && period.renews !== 'never';
  if (renews && limits.get('total') === null) return remark('total', 'popup_renewsNothing');
  if (!/^(0|[1-9]\d{0,2}|1000)$/.test(draft.priceRise.trim()))
    return remark('priceRise', 'popup_priceRiseFault');
  return {
    kind: 'change',
    change: {
      ...Object.fromEntries([...limits].map(([limit, raw]) => [limit, raw?.toString() ?? null])),
      term: period,
      pinned: draft.pinned,
      priceRise: Number(draft.priceRise),
      initiators: draft.initiators.split(/\s+/).filter((line) => line !== ''),
    },
  };
}

/** Returns the first day of the next month, the default end of a period. */
function nextMonth(now: number): Day {
  return monthsAfter(`${calendarDay(now).slice(0, 'YYYY-MM'.length)}-01` as Day, 1);
}

function readXno(text: string): bigint | FaultKey {
  const reading = readAmount(text);
  return reading.kind === 'amount' ? reading.raw : 'fault_badAmount';
}

const remark = (field: keyof BudgetDraft, key: MessageKey): Reading => ({ kind: 'remark', field, key });
