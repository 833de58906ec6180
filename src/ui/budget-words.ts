import type { MessageKeyWith } from '../fault.ts';
import type { BudgetView, CapView, UseView } from '../messages/budget.ts';
import { shortXno } from './format.ts';
import { t } from './i18n.ts';
import { dayName } from './time.ts';
import { leftOf, mostUsed, shareUsed } from './uses.ts';

/** A sentence for each kind of limit, all with the same placeholders. */
type SentencePerLimit<Name extends string> = Readonly<Record<UseView['limit'], MessageKeyWith<Name>>>;

const SPENT: SentencePerLimit<'spent' | 'limit'> = {
  perHour: 'budget_spentHour',
  perDay: 'budget_spentDay',
  perMonth: 'budget_spentMonth',
  total: 'budget_spentTotal',
};
const LEFT: SentencePerLimit<'left' | 'limit'> = {
  perHour: 'budget_leftHour',
  perDay: 'budget_leftDay',
  perMonth: 'budget_leftMonth',
  total: 'budget_leftTotal',
};
const PART_USED: SentencePerLimit<'site' | 'percent'> = {
  perHour: 'warning_usedHour',
  perDay: 'warning_usedDay',
  perMonth: 'warning_usedMonth',
  total: 'warning_usedTotal',
};
const USED_UP: SentencePerLimit<'site'> = {
  perHour: 'warning_usedUpHour',
  perDay: 'warning_usedUpDay',
  perMonth: 'warning_usedUpMonth',
  total: 'warning_usedUpTotal',
};

/** Returns the text of a meter: "0.02 of 0.1 XNO spent today". */
export function spentWords({ limit, spent, of }: UseView): string {
  return t(SPENT[limit], { spent: shortXno(spent), limit: shortXno(of) });
}

/** Returns a budget as one sentence: "Up to 0.02 XNO per payment, 0.4 of 1 XNO left this month, renews 1 Dec". */
export function budgetSentence(budget: BudgetView): string {
  return sentence(
    budget,
    budget.uses.map((use) =>
      t(LEFT[use.limit], { left: shortXno(leftOf(use).toString(), 'held'), limit: shortXno(use.of) }),
    ),
  );
}

/** Returns the same sentence without what is left, for use beside meters. */
export function budgetTerms(budget: BudgetView): string {
  return sentence(budget, []);
}

function sentence(budget: BudgetView, uses: readonly string[]): string {
  const { paused, ended, term, renewsOn, perPayment } = budget;
  if (ended && term !== null) return t('budget_ended', { date: dayName(term.until) });
  if (paused) return t('popup_sitePaused');
  return new Intl.ListFormat(undefined, { type: 'unit', style: 'short' }).format([
    ...(perPayment === null ? [] : [t('budget_perPayment', { amount: shortXno(perPayment) })]),
    ...uses,
    ...(renewsOn === null ? [] : [t('budget_renews', { date: dayName(renewsOn) })]),
    ...(term?.renews === 'never' ? [t('budget_ends', { date: dayName(term.until) })] : []),
  ]);
}

/** A warning that a limit is half, mostly or fully spent. */
export interface Warning {
  readonly mark: 50 | 80 | 100;
  readonly text: string;
}

/**
 * Returns the warning about the limit of which most is spent, among the budgets that are not paused and the global cap;
 * null below 50 %.
 */
export function warningOf(budgets: readonly BudgetView[], cap: CapView): Warning | null {
  const live = budgets.filter(({ paused }) => !paused);
  const use = mostUsed([
    ...live.flatMap(({ site, uses }) => uses.map((one) => ({ ...one, site: new URL(site).host }))),
    ...cap.uses.map((one) => ({ ...one, site: t('budget_allSites') })),
  ]);
  if (use === null || use.mark === 0) return null;
  const { mark, limit, site } = use;
  const percent = Math.floor(shareUsed(use) / 10).toString();
  return {
    mark,
    text: mark === 100 ? t(USED_UP[limit], { site }) : t(PART_USED[limit], { site, percent }),
  };
}
