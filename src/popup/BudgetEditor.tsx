import { useSignal } from '@preact/signals';
import { ask } from '../messages/ask.ts';
import type { BudgetView } from '../messages/views.ts';
import { useAction } from '../ui/action.ts';
import { AmountField, readAmount } from '../ui/components/AmountField.tsx';
import { Button } from '../ui/components/Button.tsx';
import { Confirm } from '../ui/components/Confirm.tsx';
import { Switch } from '../ui/components/Field.tsx';
import { FaultLine } from '../ui/components/Notice.tsx';
import { Screen } from '../ui/components/Screen.tsx';
import { SiteName } from '../ui/components/SiteName.tsx';
import { exactXno } from '../ui/format.ts';
import { t } from '../ui/i18n.ts';
import { go, type Place } from './place.ts';
import { Spent } from './SiteBudget.tsx';

/** One site's budget: change it, pause it, take it away. */
export function BudgetEditor({ budget, from }: { readonly budget: BudgetView; readonly from: Place }) {
  const perPayment = useSignal(exactXno(budget.perPayment));
  const perDay = useSignal(exactXno(budget.perDay));
  const paused = useSignal(budget.paused);
  const action = useAction();
  const { site } = budget;
  const most = readAmount(perPayment.value);
  const day = readAmount(perDay.value);
  const dayTooSmall = most.kind === 'amount' && day.kind === 'amount' && day.raw < most.raw;

  const save = async () => {
    if (most.kind !== 'amount' || day.kind !== 'amount' || dayTooSmall) return;
    const wanted = { perPayment: most.raw.toString(), perDay: day.raw.toString(), paused: paused.value };
    if (await action.run(() => ask('budget.save', { site, ...wanted }))) go(from);
  };
  const remove = async () => {
    if (await action.run(() => ask('budget.remove', { site }))) go(from);
  };
  return (
    <Screen title={t('popup_budgetTitle')} onBack={() => go(from)}>
      <p class="subject">
        <SiteName site={site} />
      </p>
      <Spent budget={budget} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <AmountField
          label={t('approve_perPayment')}
          hint={t('ui_amountHint')}
          value={perPayment.value}
          testId="budget-per-payment"
          onInput={(text) => {
            perPayment.value = text;
          }}
        />
        <AmountField
          label={t('approve_perDay')}
          value={perDay.value}
          testId="budget-per-day"
          onInput={(text) => {
            perDay.value = text;
          }}
        />
        <p class="field-fault" role="status">
          {dayTooSmall && t('approve_dayBelow')}
        </p>
        <Switch
          label={t('popup_pauseSite')}
          on={!paused.value}
          testId="budget-active"
          onChange={(on) => {
            paused.value = !on;
          }}
        />
        <FaultLine fault={action.fault.value} />
        <Button
          look="primary"
          submit
          off={most.kind !== 'amount' || day.kind !== 'amount' || dayTooSmall}
          busy={action.busy.value}
        >
          {t('ui_save')}
        </Button>
      </form>
      <Confirm
        action={t('popup_removeBudget')}
        question={t('popup_removeBudgetAsk')}
        confirm={t('ui_remove')}
        onConfirm={() => void remove()}
      />
    </Screen>
  );
}
