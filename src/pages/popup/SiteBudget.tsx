import { budgetSentence } from '../../ui/budget-words.ts';
import { Icon } from '../../ui/components/Icon.tsx';
import { Meter } from '../../ui/components/Meter.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { mostUsed } from '../../ui/uses.ts';
import type { ActivePage } from './active-site.ts';
import { go } from './route.ts';

/**
 * The budget of the site in the active tab, or a row that leads to the form for a new one. A private window gets no row:
 * nothing is stored of its site.
 */
export function SiteBudget({ page: { site, isPrivate } }: { readonly page: ActivePage }) {
  return <BudgetOf site={site} isFixed={isPrivate} />;
}

interface BudgetOfProps {
  readonly site: string;
  /** Whether no new budget may be set. */
  readonly isFixed?: boolean;
}

/** The budget of a site, or a row that leads to the form for a new one. */
export function BudgetOf({ site, isFixed = false }: BudgetOfProps) {
  const budgets = useQuery('budget.list', {});
  if (budgets.kind !== 'given') return null;
  const budget = budgets.value.find((candidate) => candidate.site === site);
  const edit = () => go({ name: 'budgets', site });
  if (budget === undefined) {
    if (isFixed) return null;
    return (
      <button type="button" class="open-row" data-testid="site-new-budget" onClick={edit}>
        <span class="tab-name">
          {t('popup_newSiteBudget')}
          <span class="hint">
            <SiteName site={site} />
          </span>
        </span>
        <Icon name="forward" />
      </button>
    );
  }
  const use = mostUsed(budget.uses);
  return (
    <section class="card" aria-labelledby="site-title" data-testid="site-budget">
      <div class="section-head">
        <h2 id="site-title">{t('popup_thisSite')}</h2>
        <button type="button" class="link" onClick={edit}>
          {t('ui_edit')}
        </button>
      </div>
      <SiteName site={budget.site} />
      {use !== null && <Meter use={use} />}
      <p class="hint sentence">{budgetSentence(budget)}</p>
    </section>
  );
}
