import { useRef } from 'preact/hooks';
import type { BudgetView } from '../../messages/budget.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { Switch } from '../../ui/components/Field.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { BudgetCard } from './BudgetCard.tsx';
import { NewBudget } from './NewBudget.tsx';
import { go } from './route.ts';

interface BudgetsProps {
  /** Whether all budgets are paused. */
  readonly paused: boolean;
  /** The site whose form is open at first; null for none. */
  readonly site: string | null;
}

/** The budgets of all sites, made, edited, paused and removed in place. */
export function Budgets({ paused, site }: BudgetsProps) {
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
      {budgets.kind === 'given' && <BudgetList budgets={budgets.value} site={site} />}
    </Screen>
  );
}

interface BudgetListProps extends Pick<BudgetsProps, 'site'> {
  readonly budgets: readonly BudgetView[];
}

function BudgetList({ budgets, site }: BudgetListProps) {
  const isSet = useRef(budgets.some((budget) => budget.site === site)).current;
  return (
    <>
      <NewBudget budgets={budgets} site={isSet ? null : site} />
      {budgets.length === 0 ? <p class="hint">{t('popup_budgetsNone')}</p> : <PocketAdvice />}
      <ul class="cards">
        {budgets.map((budget) => (
          <BudgetCard key={budget.site} budget={budget} startsOpen={isSet && budget.site === site} />
        ))}
      </ul>
    </>
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
