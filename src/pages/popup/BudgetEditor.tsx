import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { BudgetView } from '../../messages/budget.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { AmountField } from '../../ui/components/AmountField.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { sentenceOf, t } from '../../ui/i18n.ts';
import { BudgetRules } from './BudgetRules.tsx';
import { type BudgetDraft, draftOf, newDraft, readDraft } from './budget-draft.ts';

interface BudgetEditorProps {
  /** Null for a new budget. */
  readonly budget: BudgetView | null;
  /** The site of the budget; null while none is chosen. */
  readonly site: string | null;
  /** Called when it is saved or cancelled. */
  readonly onClose: () => void;
  /** The fields before those of the budget. */
  readonly children?: ComponentChildren;
}

/** The form for one site's budget. The two most used limits come first. */
export function BudgetEditor({ budget, site, onClose, children }: BudgetEditorProps) {
  const now = Date.now();
  const draft = useSignal<BudgetDraft>(budget === null ? newDraft(now) : draftOf(budget, now));
  const action = useAction();
  const reading = readDraft(draft.value, now);
  const set = (part: Partial<BudgetDraft>) => {
    draft.value = { ...draft.value, ...part };
  };
  const save = async () => {
    if (reading.kind !== 'change' || site === null) return;
    if (await action.run(() => request('budget.save', { site, ...reading.change }))) onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {children}
      <div class="columns">
        <AmountField
          label={t('approve_perPayment')}
          value={draft.value.perPayment}
          testId="budget-per-payment"
          onInput={(perPayment) => set({ perPayment })}
        />
        <AmountField
          label={t('approve_perDay')}
          value={draft.value.perDay}
          testId="budget-per-day"
          onInput={(perDay) => set({ perDay })}
        />
      </div>
      <p class="hint">{t('popup_limitsHint')}</p>
      <BudgetRules draft={draft.value} payTo={budget?.payTo ?? null} onChange={set} />
      <p class="field-fault" role="status" data-testid="budget-remark">
        {reading.kind === 'remark' && sentenceOf({ key: reading.key, args: [] })}
      </p>
      <FaultLine fault={action.fault.value} />
      <div class="columns">
        <Button onClick={onClose}>{t('ui_cancel')}</Button>
        <Button
          look="primary"
          submit
          off={reading.kind === 'remark' || site === null}
          busy={action.busy.value}
          testId="budget-save"
        >
          {t('ui_save')}
        </Button>
      </div>
    </form>
  );
}
