import { useId, useRef } from 'preact/hooks';
import type { BudgetView } from '../../messages/budget.ts';
import { request } from '../../messages/request.ts';
import { formatXno, parseRaw } from '../../nano/amount.ts';
import { useAction } from '../../ui/action.ts';
import { budgetTerms } from '../../ui/budget-words.ts';
import { Button } from '../../ui/components/Button.tsx';
import { Confirm } from '../../ui/components/Confirm.tsx';
import { Switch } from '../../ui/components/Field.tsx';
import { Meter } from '../../ui/components/Meter.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { useInPlace, useKeptFocus } from '../../ui/focus.ts';
import { shortXno } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';
import { BudgetEditor } from './BudgetEditor.tsx';
import { ManualSite } from './ManualSite.tsx';

interface BudgetCardProps {
  readonly budget: BudgetView;
  /** Whether its form is open at first. */
  readonly startsOpen: boolean;
}

/** The budget of one site: what is spent of it, and the controls that pause, edit and remove it. */
export function BudgetCard({ budget, startsOpen }: BudgetCardProps) {
  const { site } = budget;
  const id = useId();
  const card = useRef<HTMLLIElement>(null);
  useKeptFocus(card);
  const form = useInPlace<HTMLDivElement>(startsOpen);
  const action = useAction();
  return (
    <li class="card" ref={card} aria-labelledby={id} data-testid="budget" data-site={site}>
      <h2 class="card-site" id={id}>
        <SiteName site={site} />
      </h2>
      <Spent budget={budget} />
      <p class="hint sentence" data-testid="budget-terms">
        {budgetTerms(budget)}
      </p>
      {!budget.ended && (
        <Switch
          label={t('popup_pauseSite')}
          on={!budget.paused}
          testId="budget-active"
          onChange={(on) => void action.run(() => request('budget.save', { site, paused: !on }))}
        />
      )}
      <div class="columns">
        <Button
          buttonRef={form.button}
          describedBy={id}
          expanded={form.isOpen.value}
          testId="budget-edit"
          onClick={form.isOpen.value ? form.close : form.open}
        >
          {t('ui_edit')}
        </Button>
        <Confirm
          action={t('ui_remove')}
          question={t('popup_removeBudgetAsk')}
          confirm={t('popup_removeBudget')}
          describedBy={id}
          onConfirm={() => void action.run(() => request('budget.remove', { site }))}
        />
      </div>
      <FaultLine fault={action.fault.value} />
      {form.isOpen.value && (
        <div class="card-form" ref={form.content}>
          <BudgetEditor budget={budget} site={site} onClose={form.close} />
          <ManualSite site={site} />
        </div>
      )}
    </li>
  );
}

/** What is spent of each limit, and what is spent today where no limit says so. */
function Spent({ budget: { uses, spentToday, tagsToday } }: Pick<BudgetCardProps, 'budget'>) {
  const today = String(BigInt(spentToday) - BigInt(tagsToday));
  return (
    <>
      {uses.map((use) => (
        <Meter key={use.limit} use={use} />
      ))}
      {uses.every(({ limit }) => limit !== 'perDay') && (
        <p class="hint" data-testid="spent-today" data-raw={today}>
          {t('popup_spentToday', { amount: shortXno(today) })}
        </p>
      )}
      {tagsToday !== '0' && (
        <p class="hint">{t('popup_tagsToday', { tags: formatXno(parseRaw(tagsToday)) })}</p>
      )}
    </>
  );
}
