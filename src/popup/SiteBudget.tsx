import type { BudgetView } from '../messages/views.ts';
import { useAnswer } from '../ui/changes.ts';
import { SiteName } from '../ui/components/SiteName.tsx';
import { shortXno } from '../ui/format.ts';
import { t } from '../ui/i18n.ts';
import { go } from './place.ts';

/** What the site in the active tab may spend and has spent. Nothing when it has no budget. */
export function SiteBudget({ site }: { readonly site: string }) {
  const budgets = useAnswer('budget.list', {});
  if (budgets.kind !== 'given') return null;
  const budget = budgets.value.find((candidate) => candidate.site === site);
  if (budget === undefined) return null;
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
      <Spent budget={budget} />
      <p class="hint">{budget.paused ? t('popup_sitePaused') : budgetSentence(budget)}</p>
    </section>
  );
}

/** How much of the day's budget is gone, as a bar with its words. */
export function Spent({ budget }: { readonly budget: BudgetView }) {
  const words = t('popup_budgetSpent', shortXno(budget.spentToday), shortXno(budget.perDay));
  return (
    <div class="spent" data-raw={budget.spentToday} data-testid="budget-spent">
      <progress max={STEPS} value={stepsSpent(budget)} aria-label={words} />
      <span class="hint" aria-hidden="true">
        {words}
      </span>
    </div>
  );
}

function budgetSentence({ perPayment, perDay, spentToday }: BudgetView): string {
  const left = BigInt(perDay) - BigInt(spentToday);
  return t(
    'popup_siteBudget',
    shortXno(perPayment),
    shortXno((left > 0n ? left : 0n).toString()),
    shortXno(perDay),
  );
}

const STEPS = 1000;

/** The part of the day that is spent, in thousandths: a length to draw, not money. */
function stepsSpent({ perDay, spentToday }: BudgetView): number {
  const day = BigInt(perDay);
  if (day === 0n) return STEPS;
  const steps = (BigInt(spentToday) * BigInt(STEPS)) / day;
  return steps > BigInt(STEPS) ? STEPS : Number(steps);
}
