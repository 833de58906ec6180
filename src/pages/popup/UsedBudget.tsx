import { warningOf } from '../../ui/budget-words.ts';
import { UsedNotice } from '../../ui/components/UsedNotice.tsx';
import { useQuery } from '../../ui/invalidations.ts';

/** Warns about the budget of which most is spent, from 50 % on. */
export function UsedBudget() {
  const budgets = useQuery('budget.list', {});
  const settings = useQuery('settings.read', {});
  if (budgets.kind !== 'given' || settings.kind !== 'given') return null;
  const warning = warningOf(budgets.value, settings.value.cap);
  return warning && <UsedNotice warning={warning} />;
}
