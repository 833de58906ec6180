import type { BudgetView } from '../../messages/budget.ts';
import type { RawString } from '../../messages/fields.ts';
import { parseRaw, type Raw } from '../../nano/amount.ts';

/** A suggested budget, in raw. */
export interface Suggestion {
  readonly perPayment: Raw;
  readonly perDay: Raw;
}

const DIGITS = 3;
const PAYMENTS_A_DAY = 10n;

/**
 * Suggests a budget: ten payments like this one per day, and at least the existing budget. The price is rounded up to
 * three digits: a price in XNO that follows a rate to another currency is a little higher the next time.
 */
export function suggestBudget(
  price: RawString,
  budget: Pick<BudgetView, 'perPayment' | 'perDay'> | null,
): Suggestion {
  const perPayment = roundedUp(parseRaw(price));
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
