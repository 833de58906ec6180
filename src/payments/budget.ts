import type { NanoAddress } from '../nano/account.ts';
import { addRaw, type Raw } from '../nano/amount.ts';
import type { Site } from './payment.ts';

/** What a site may spend without asking. */
export interface Budget {
  readonly site: Site;
  readonly network: string;
  readonly perPayment: Raw;
  readonly perDay: Raw;
  /** The payee known when the budget was set; another one is asked about. */
  readonly payTo: NanoAddress | null;
  readonly paused: boolean;
  readonly since: number;
}

export type BudgetCheck =
  | { readonly kind: 'inside' }
  | { readonly kind: 'over'; readonly limit: 'payment' | 'day' };

/**
 * Whether `amount` fits into the budget on top of what was spent and reserved today. All in raw: the very integer
 * that is shown, debited and signed.
 */
export function checkBudget(budget: Budget, spentToday: Raw, amount: Raw): BudgetCheck {
  if (amount > budget.perPayment) return { kind: 'over', limit: 'payment' };
  if (addRaw(spentToday, amount) > budget.perDay) return { kind: 'over', limit: 'day' };
  return { kind: 'inside' };
}

/** The calendar day of a moment in the user's own time zone, as `YYYY-MM-DD`. */
export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
