import { Fault } from '../../fault.ts';
import type { PageInput } from '../../messages/contract.ts';
import type { PageHandlersOf } from '../../messages/router.ts';
import type { BudgetChange } from '../../policy/budget.ts';
import { type Day, isDay } from '../../policy/spending-windows.ts';
import { readTypedSite, type Site, siteOf } from '../../site.ts';
import { budgetView } from '../views/budget.ts';
import { limitOf } from './input.ts';
import type { HandlerParts } from './parts.ts';

export function budgetHandlers({
  settings,
  budgets,
  approvals,
  notifyPages,
  now,
}: HandlerParts): PageHandlersOf<'budget'> {
  return {
    'budget.list': async () => {
      const { id } = await settings.network();
      const at = now();
      const views = (await budgets.list(id)).map(async ({ site }) =>
        budgetView((await budgets.rulesFor(id, site, at)).allowance, at),
      );
      return (await Promise.all(views)).filter((view) => view !== null);
    },
    'budget.save': async ({ site: typed, ...change }) => {
      const { id } = await settings.network();
      const site = siteTyped(typed);
      await budgets.change(id, site, changeOf(change));
      approvals.reconsider((question) => question.site === site && question.offer.network === id);
      notifyPages();
      return null;
    },
    'budget.remove': async ({ site }) => {
      await budgets.remove((await settings.network()).id, siteOf(site));
      notifyPages();
      return null;
    },
  };
}

/** What a page changes of a budget. @throws Fault `fault_badMessage`, `fault_badAmount`, `fault_badSite` */
function changeOf(input: Omit<PageInput<'budget.save'>, 'site'>): BudgetChange {
  const { perPayment, perHour, perDay, perMonth, total, term, initiators, ...rest } = input;
  return {
    ...rest,
    ...(perPayment !== undefined && { perPayment: limitOf(perPayment) }),
    ...(perHour !== undefined && { perHour: limitOf(perHour) }),
    ...(perDay !== undefined && { perDay: limitOf(perDay) }),
    ...(perMonth !== undefined && { perMonth: limitOf(perMonth) }),
    ...(total !== undefined && { total: limitOf(total) }),
    ...(term !== undefined && { period: term && { ...term, until: dayIn(term.until) } }),
    ...(initiators !== undefined && { initiators: [...new Set(initiators.map(siteTyped))] }),
  };
}

/** @throws Fault `fault_badMessage` for a date that no calendar has */
function dayIn(text: string): Day {
  if (!isDay(text)) throw new Fault('fault_badMessage');
  return text;
}

/** The site that a person typed. @throws Fault `fault_badSite` */
function siteTyped(text: string): Site {
  const site = readTypedSite(text);
  if (site === undefined) throw new Fault('fault_badSite', [text]);
  return site;
}
