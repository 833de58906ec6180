import type { MessageKey } from '../fault.ts';
import type { BudgetView, CapView, UseView } from '../messages/views.ts';
import { shortXno } from './format.ts';
import { t } from './i18n.ts';
import { dayName } from './time.ts';
import { leftOf, mostUsed, shareUsed } from './uses.ts';

type Words = Readonly<Record<UseView['limit'], MessageKey>>;

const SPENT: Words = {
  perHour: 'budget_spentHour',
  perDay: 'budget_spentDay',
  perMonth: 'budget_spentMonth',
  total: 'budget_spentTotal',
};
const LEFT: Words = {
  perHour: 'budget_leftHour',
  perDay: 'budget_leftDay',
  perMonth: 'budget_leftMonth',
  total: 'budget_leftTotal',
};
const PART_USED: Words = {
  perHour: 'warning_usedHour',
  perDay: 'warning_usedDay',
  perMonth: 'warning_usedMonth',
  total: 'warning_usedTotal',
};
const USED_UP: Words = {
  perHour: 'warning_usedUpHour',
  perDay: 'warning_usedUpDay',
  perMonth: 'warning_usedUpMonth',
  total: 'warning_usedUpTotal',
};

/** What a meter says: "0.02 of 0.1 XNO spent today". */
export function spentWords({ limit, spent, of }: UseView): string {
  return t(SPENT[limit], shortXno(spent), shortXno(of));
}

/** A budget in one sentence: "Up to 0.02 XNO per payment, 0.4 of 1 XNO left this month, renews 1 Dec". */
export function budgetSentence(budget: BudgetView): string {
  return sentence(
    budget,
    budget.uses.map((use) => t(LEFT[use.limit], shortXno(leftOf(use).toString()), shortXno(use.of))),
  );
}

/** The same where meters beside it say what is left. */
export function budgetTerms(budget: BudgetView): string {
  return sentence(budget, []);
}

function sentence(budget: BudgetView, uses: readonly string[]): string {
  const { paused, ended, term, renewsOn, perPayment } = budget;
  if (ended && term !== null) return t('budget_ended', dayName(term.until));
  if (paused) return t('popup_sitePaused');
  return new Intl.ListFormat(undefined, { type: 'unit', style: 'short' }).format([
    ...(perPayment === null ? [] : [t('budget_perPayment', shortXno(perPayment))]),
    ...uses,
    ...(renewsOn === null ? [] : [t('budget_renews', dayName(renewsOn))]),
    ...(term?.renews === 'never' ? [t('budget_ends', dayName(term.until))] : []),
  ]);
}

/** What the user is warned of: how far a limit is used. */
export interface Warning {
  readonly mark: 50 | 80 | 100;
  readonly text: string;
}

/** The warning of the most used limit among budgets and the cap over all sites; null while all have half left. */
export function warningOf(budgets: readonly BudgetView[], cap: CapView): Warning | null {
  const live = budgets.filter(({ paused }) => !paused);
  const use = mostUsed([
    ...live.flatMap(({ site, uses }) => uses.map((one) => ({ ...one, whose: new URL(site).host }))),
    ...cap.uses.map((one) => ({ ...one, whose: t('budget_allSites') })),
  ]);
  if (use === null || use.mark === 0) return null;
  const { mark, limit, whose } = use;
  const percent = Math.floor(shareUsed(use) / 10).toString();
  return { mark, text: mark === 100 ? t(USED_UP[limit], whose) : t(PART_USED[limit], whose, percent) };
}
