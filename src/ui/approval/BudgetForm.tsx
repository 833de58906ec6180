import { useSignal } from '@preact/signals';
import type { ApprovalView } from '../../messages/approval.ts';
import type { RawString } from '../../messages/fields.ts';
import { formatXno } from '../../nano/amount.ts';
import { AmountField } from '../components/AmountField.tsx';
import { Switch } from '../components/Field.tsx';
import { shortXno } from '../format.ts';
import { t } from '../i18n.ts';
import { readAmount } from '../typed-amount.ts';
import { suggestBudget } from './suggestion.ts';

/** A budget in an answer, in raw. */
export interface ChosenBudget {
  readonly perPayment: RawString;
  readonly perDay: RawString;
  /** Whether any account that the site names is paid, where it has named a second one. */
  readonly anyPayee?: boolean;
  /** The level of the pocket, where the user agreed to one. */
  readonly pocket?: RawString;
}

/** The text of the two budget fields, and the budget that they mean. */
export interface BudgetDraft {
  readonly perPayment: string;
  readonly perDay: string;
  readonly chosen: ChosenBudget | null;
  readonly remark: string | null;
  /** Whether any account of the site is paid; null where it has named no second one. */
  readonly anyPayee: { readonly on: boolean; set(on: boolean): void } | null;
  /** The pocket that is offered with the budget; null where there is one, or the budget means nothing yet. */
  readonly pocket: { readonly level: RawString; readonly on: boolean; set(on: boolean): void } | null;
  set(part: 'perPayment' | 'perDay', text: string): void;
}

/** Returns the state of the budget form, which starts from a suggestion. */
export function useBudgetDraft({
  price,
  budget,
  otherBudgets,
  reason,
}: Pick<ApprovalView, 'price' | 'budget' | 'otherBudgets' | 'reason'>): BudgetDraft {
  const wantsPocket = useSignal(false);
  // A site that names a second account will name a third one: limits and the site itself are what a budget is bound to.
  const paysAny = useSignal(true);
  const hasNewPayee = reason === 'reason_payeeChanged';
  const suggestion = suggestBudget(price, budget);
  const texts = useSignal({
    perPayment: formatXno(suggestion.perPayment),
    perDay: formatXno(suggestion.perDay),
  });
  const perPayment = readAmount(texts.value.perPayment);
  const perDay = readAmount(texts.value.perDay);
  const both = perPayment.kind === 'amount' && perDay.kind === 'amount';
  const tooSmall = both && perPayment.raw < BigInt(price);
  const dayTooSmall = both && perDay.raw < perPayment.raw;
  const limits =
    both && !tooSmall && !dayTooSmall
      ? { perPayment: perPayment.raw.toString(), perDay: perDay.raw.toString() }
      : null;
  // A day of all budgets, this one included.
  const level =
    limits === null || otherBudgets === null ? null : String(BigInt(limits.perDay) + BigInt(otherBudgets));
  const pocket = level !== null && wantsPocket.value ? { pocket: level } : {};
  return {
    ...texts.value,
    chosen: limits && { ...limits, ...(hasNewPayee && { anyPayee: paysAny.value }), ...pocket },
    anyPayee: hasNewPayee ? { on: paysAny.value, set: (on) => (paysAny.value = on) } : null,
    pocket: level === null ? null : { level, on: wantsPocket.value, set: (on) => (wantsPocket.value = on) },
    remark: tooSmall
      ? t('approve_budgetBelow', { amount: shortXno(price) })
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
      {draft.anyPayee !== null && (
        <Switch
          label={t('approve_anyPayee')}
          hint={t('approve_anyPayeeHint')}
          on={draft.anyPayee.on}
          onChange={draft.anyPayee.set}
          testId="budget-any-payee"
        />
      )}
      {draft.pocket !== null && (
        <Switch
          label={t('approve_pocket', { amount: shortXno(draft.pocket.level) })}
          hint={t('approve_pocketHint')}
          on={draft.pocket.on}
          onChange={draft.pocket.set}
          testId="budget-pocket"
        />
      )}
    </fieldset>
  );
}
