import { useSignal } from '@preact/signals';
import type { BudgetView } from '../../messages/budget.ts';
import { request } from '../../messages/request.ts';
import { formatXno, parseRaw } from '../../nano/amount.ts';
import { useAction } from '../../ui/action.ts';
import { AmountField } from '../../ui/components/AmountField.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { Confirm } from '../../ui/components/Confirm.tsx';
import { Switch } from '../../ui/components/Field.tsx';
import { Meter } from '../../ui/components/Meter.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { sentenceOf, t } from '../../ui/i18n.ts';
import { BudgetRules } from './BudgetRules.tsx';
import { type BudgetDraft, draftOf, readDraft } from './budget-draft.ts';
import { ManualSite } from './ManualSite.tsx';
import { go, type Route } from './route.ts';

/** The form for one site's budget. The two most used limits come first. */
export function BudgetEditor({ budget, from }: { readonly budget: BudgetView; readonly from: Route }) {
  const draft = useSignal<BudgetDraft>(draftOf(budget, Date.now()));
  const action = useAction();
  const { site } = budget;
  const reading = readDraft(draft.value, Date.now());
  const set = (part: Partial<BudgetDraft>) => {
    draft.value = { ...draft.value, ...part };
  };

  const save = async () => {
    if (reading.kind !== 'change') return;
    if (await action.run(() => request('budget.save', { site, ...reading.change }))) go(from);
  };
  const remove = async () => {
    if (await action.run(() => request('budget.remove', { site }))) go(from);
  };
  return (
    <Screen title={t('popup_budgetTitle')} onBack={() => go(from)}>
      <p class="subject">
        <SiteName site={site} />
      </p>
      {budget.uses.map((use) => (
        <Meter key={use.limit} use={use} />
      ))}
      {budget.tagsToday !== '0' && (
        <p class="hint">{t('popup_tagsToday', { tags: formatXno(parseRaw(budget.tagsToday)) })}</p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
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
        <BudgetRules draft={draft.value} payTo={budget.payTo} onChange={set} />
        <Switch
          label={t('popup_pauseSite')}
          on={!draft.value.paused}
          testId="budget-active"
          onChange={(on) => set({ paused: !on })}
        />
        <p class="field-fault" role="status" data-testid="budget-remark">
          {reading.kind === 'remark' && sentenceOf({ key: reading.key, args: [] })}
        </p>
        <FaultLine fault={action.fault.value} />
        <Button
          look="primary"
          submit
          off={reading.kind === 'remark'}
          busy={action.busy.value}
          testId="budget-save"
        >
          {t('ui_save')}
        </Button>
      </form>
      <ManualSite site={site} />
      <Confirm
        action={t('popup_removeBudget')}
        question={t('popup_removeBudgetAsk')}
        confirm={t('ui_remove')}
        onConfirm={() => void remove()}
      />
    </Screen>
  );
}
