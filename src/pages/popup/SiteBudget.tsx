import { budgetSentence } from '../../ui/budget-words.ts';
import { Meter } from '../../ui/components/Meter.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { mostUsed } from '../../ui/uses.ts';
import { go } from './route.ts';

/** The budget of the site in the active tab. Renders nothing without one. */
export function SiteBudget({ site }: { readonly site: string }) {
  const budgets = useQuery('budget.list', {});
  if (budgets.kind !== 'given') return null;
  const budget = budgets.value.find((candidate) => candidate.site === site);
  if (budget === undefined) return null;
  const use = mostUsed(budget.uses);
  return (
    <section class="card" aria-labelledby="site-title" data-testid="site-budget">
      <div class="section-head">
        <h2 id="site-title">{t('popup_thisSite')}</h2>
        <button
          type="button"
          class="link"
          onClick={() => go({ name: 'budget', budget, from: { name: 'home' } })}
        >
          {t('ui_edit')}
        </button>
      </div>
      <SiteName site={budget.site} />
      {use !== null && <Meter use={use} />}
      <p class="hint sentence">{budgetSentence(budget)}</p>
    </section>
  );
}
