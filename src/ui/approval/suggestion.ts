import type { BudgetView, RawString } from '../../messages/views.ts';
import { parseRaw, type Raw } from '../../nano/amount.ts';

/** What a budget for a site could be. Both in raw. */
export interface Suggestion {
  readonly perPayment: Raw;
  readonly perDay: Raw;
}

const DIGITS = 3;
const PAYMENTS_A_DAY = 10n;

/**
 * A budget to start from: payments like this one, ten a day, and never less than what the site has already. The amount
 * is rounded up to three digits, because the next payment of the same price carries another tag.
 */
export function suggestBudget(
  amount: RawString,
  budget: Pick<BudgetView, 'perPayment' | 'perDay'> | null,
): Suggestion {
  const perPayment = roundedUp(parseRaw(amount));
  const perDay = (perPayment * PAYMENTS_A_DAY) as Raw;
  if (budget === null) return { perPayment, perDay };
  return {
    perPayment: larger(perPayment, budget.perPayment),
    perDay: larger(perDay, budget.perDay),
  };
}

function roundedUp(raw: Raw): Raw {
  const step = 10n ** BigInt(Math.max(0, raw.toString().length - DIGITS));
  return (((raw + step - 1n) / step) * step) as Raw;
}

function larger(raw: Raw, limit: RawString | null): Raw {
  const other = limit === null ? raw : parseRaw(limit);
  return raw > other ? raw : other;
}
