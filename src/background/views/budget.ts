import type { BudgetView, CapView, UseView } from '../../messages/budget.ts';
import { addRaw, type Raw } from '../../nano/amount.ts';
import {
  type Allowance,
  budgetUse,
  CAP_LIMITS,
  type Overall,
  periodAt,
  renewalOf,
  type Use,
  usesOf,
} from '../../policy/budget.ts';

/** A site's budget at a moment (ms); null where there is none. */
export function budgetView({ budget, spent, tagsToday }: Allowance, at: number): BudgetView | null {
  if (budget === null) return null;
  const { site, period, pinned, payTo, priceRise, initiators, paused } = budget;
  const running = periodAt(budget, at);
  return {
    site,
    perPayment: textOf(budget.perPayment),
    perHour: textOf(budget.perHour),
    perDay: textOf(budget.perDay),
    perMonth: textOf(budget.perMonth),
    total: textOf(budget.total),
    term: period && { until: running?.until ?? period.until, renews: period.renews },
    ended: running === null,
    renewsOn: renewalOf(budget, at),
    uses: running === null ? [] : budgetUse(budget, spent).map(useView),
    spentToday: addRaw(spent.perDay, tagsToday).toString(),
    tagsToday: tagsToday.toString(),
    pinned,
    payTo,
    priceRise,
    initiators,
    paused,
  };
}

/** The cap over all sites. */
export function capView({ cap, spentByAll }: Overall): CapView {
  const { perDay, perMonth } = cap;
  const uses = usesOf(CAP_LIMITS, cap, spentByAll).map(useView);
  return { perDay: textOf(perDay), perMonth: textOf(perMonth), uses };
}

const textOf = (raw: Raw | null) => raw?.toString() ?? null;

function useView({ limit, spent, of, mark }: Use): UseView {
  return { limit, spent: spent.toString(), of: of.toString(), mark };
}
