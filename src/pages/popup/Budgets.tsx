import type { BudgetView } from '../../messages/budget.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { budgetTerms } from '../../ui/budget-words.ts';
import { Button } from '../../ui/components/Button.tsx';
import { Switch } from '../../ui/components/Field.tsx';
import { Icon } from '../../ui/components/Icon.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { Meter } from '../../ui/components/Meter.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { go } from './route.ts';

/** The budgets of all sites. */
export function Budgets({ paused }: { readonly paused: boolean }) {
  const budgets = useQuery('budget.list', {});
  const action = useAction();
  return (
    <Screen title={t('popup_budgets')}>
      <div class="card">
        <Switch
          label={t('popup_pauseAll')}
          hint={t('popup_pauseAllHint')}
          on={paused}
          testId="pause-all"
          onChange={(on) => void action.run(() => request('purse.pause', { paused: on }))}
        />
      </div>
      <FaultLine fault={budgets.kind === 'failed' ? budgets.fault : action.fault.value} />
      {budgets.kind === 'waiting' && <Loading />}
      {budgets.kind === 'given' && budgets.value.length === 0 && <p class="hint">{t('popup_budgetsNone')}</p>}
      {budgets.kind === 'given' && (
        <>
          {budgets.value.length > 0 && <PocketAdvice />}
          <ul class="cards">
            {budgets.value.map((budget) => (
              <BudgetCard key={budget.site} budget={budget} />
            ))}
          </ul>
        </>
      )}
    </Screen>
  );
}

/** Says what budgets can spend where there is no pocket, and leads to the setting. */
function PocketAdvice() {
  const settings = useQuery('settings.read', {});
  if (settings.kind !== 'given' || settings.value.pocket.accounts > 1) return null;
  return (
    <Notice tone="info">
      <p>{t('popup_pocketAdvice')}</p>
      <Button testId="pocket-advice" onClick={() => go({ name: 'settings' })}>
        {t('popup_pocketSetUp')}
      </Button>
    </Notice>
  );
}

function BudgetCard({ budget }: { readonly budget: BudgetView }) {
  return (
    <li class="card" data-testid="budget" data-site={budget.site}>
      <button
        type="button"
        class="card-open"
        aria-label={t('popup_editBudget', { site: budget.site })}
        onClick={() => go({ name: 'budget', budget, from: { name: 'budgets' } })}
      >
        <SiteName site={budget.site} />
        <Icon name="forward" />
      </button>
      {budget.uses.map((use) => (
        <Meter key={use.limit} use={use} />
      ))}
      <p class="hint sentence" data-testid="budget-terms">
        {budgetTerms(budget)}
      </p>
    </li>
  );
}
