import { useSignal } from '@preact/signals';
import type { BudgetView } from '../../messages/budget.ts';
import type { RawString } from '../../messages/fields.ts';
import { formatXno } from '../../nano/amount.ts';
import { AmountField, readAmount } from '../components/AmountField.tsx';
import { shortXno } from '../format.ts';
import { t } from '../i18n.ts';
import { suggestBudget } from './suggestion.ts';

/** A budget in an answer, in raw. */
export interface ChosenBudget {
  readonly perPayment: RawString;
  readonly perDay: RawString;
}

/** The text of the two budget fields, and the budget that they mean. */
export interface BudgetDraft {
  readonly perPayment: string;
  readonly perDay: string;
  readonly chosen: ChosenBudget | null;
  readonly remark: string | null;
  set(part: 'perPayment' | 'perDay', text: string): void;
}

/** Returns the state of the budget form, which starts from a suggestion. */
export function useBudgetDraft(amount: RawString, budget: BudgetView | null): BudgetDraft {
  const suggestion = suggestBudget(amount, budget);
  const texts = useSignal({
    perPayment: formatXno(suggestion.perPayment),
    perDay: formatXno(suggestion.perDay),
  });
  const perPayment = readAmount(texts.value.perPayment);
  const perDay = readAmount(texts.value.perDay);
  const both = perPayment.kind === 'amount' && perDay.kind === 'amount';
  const tooSmall = both && perPayment.raw < BigInt(amount);
  const dayTooSmall = both && perDay.raw < perPayment.raw;
  return {
    ...texts.value,
    chosen:
      both && !tooSmall && !dayTooSmall
        ? { perPayment: perPayment.raw.toString(), perDay: perDay.raw.toString() }
        : null,
    remark: tooSmall
      ? t('approve_budgetBelow', { amount: shortXno(amount) })
      : dayTooSmall
        ? t('approve_dayBelow')
        : null,
    set(part, text) {
      texts.value = { ...texts.value, [part]: text };
    },
  };
}

/** The form for a budget. */
export function BudgetForm({ draft }: { readonly draft: BudgetDraft }) {
  return (
    <fieldset class="budget-form">
      <legend>{t('approve_budgetTitle')}</legend>
      <p class="hint">{t('approve_budgetText')}</p>
      <div class="columns">
        <AmountField
          label={t('approve_perPayment')}
          value={draft.perPayment}
          onInput={(text) => draft.set('perPayment', text)}
          testId="budget-per-payment"
        />
        <AmountField
          label={t('approve_perDay')}
          value={draft.perDay}
          onInput={(text) => draft.set('perDay', text)}
          testId="budget-per-day"
        />
      </div>
      <p class="field-fault" role="status">
        {draft.remark}
      </p>
    </fieldset>
  );
}
