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

/** Whether the site is to be paid without asking from now on, and up to which limits. */
export interface BudgetDraft {
  readonly on: boolean;
  /** The text of the two fields. */
  readonly perPayment: string;
  readonly perDay: string;
  /** The budget that the texts mean; null while they mean none. */
  readonly chosen: ChosenBudget | null;
  readonly remark: string | null;
  /** Whether any account of the site is paid; null where it has named no second one. */
  readonly anyPayee: { readonly on: boolean; set(on: boolean): void } | null;
  /** The pocket that is offered with the budget; null where there is one, or the budget means nothing yet. */
  readonly pocket: { readonly level: RawString; readonly on: boolean; set(on: boolean): void } | null;
  setOn(on: boolean): void;
  set(part: 'perPayment' | 'perDay', text: string): void;
}

/** Returns the state of the budget switch, which is off, and of its limits, which start from a suggestion. */
export function useBudgetDraft({
  price,
  budget,
  otherBudgets,
  reason,
}: Pick<ApprovalView, 'price' | 'budget' | 'otherBudgets' | 'reason'>): BudgetDraft {
  const on = useSignal(false);
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
    on: on.value,
    ...texts.value,
    chosen: limits && { ...limits, ...(hasNewPayee && { anyPayee: paysAny.value }), ...pocket },
    anyPayee: hasNewPayee ? { on: paysAny.value, set: (on) => (paysAny.value = on) } : null,
    pocket: level === null ? null : { level, on: wantsPocket.value, set: (on) => (wantsPocket.value = on) },
    remark: tooSmall
      ? t('approve_budgetBelow', { amount: shortXno(price) })
      : dayTooSmall
        ? t('approve_dayBelow')
        : null,
    setOn: (wanted) => {
      on.value = wanted;
    },
    set(part, text) {
      texts.value = { ...texts.value, [part]: text };
    },
  };
}

/** The switch that gives the site a budget with this payment, and its limits under a disclosure. */
export function BudgetChoice({ draft }: { readonly draft: BudgetDraft }) {
  const { chosen } = draft;
  const said = (raw: RawString | undefined, typed: string) => (raw === undefined ? typed : shortXno(raw));
  return (
    <section class="budget-choice">
      <Switch
        label={t('approve_always', { amount: said(chosen?.perDay, draft.perDay) })}
        hint={t('approve_alwaysHint', { amount: said(chosen?.perPayment, draft.perPayment) })}
        on={draft.on}
        onChange={draft.setOn}
        testId="approve-always"
      />
      {draft.on && (
        <details class="rules">
          <summary data-testid="approve-limits">{t('approve_limits')}</summary>
          <Limits draft={draft} />
        </details>
      )}
      <p class="field-fault" role="status">
        {draft.on && draft.remark}
      </p>
    </section>
  );
}

function Limits({ draft }: { readonly draft: BudgetDraft }) {
  return (
    <>
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
    </>
  );
}
