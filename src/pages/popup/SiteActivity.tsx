import { Screen } from '../../ui/components/Screen.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { t } from '../../ui/i18n.ts';
import { filteredActivity } from './activity-list.ts';
import { FilteredList } from './FilteredList.tsx';
import { go, type Route } from './route.ts';
import { BudgetOf } from './SiteBudget.tsx';
import { Totals } from './Totals.tsx';

interface SiteActivityProps {
  readonly site: string;
  readonly from: Route;
}

/** One site: what it was paid in all, its budget, and its payments. */
export function SiteActivity({ site, from }: SiteActivityProps) {
  return (
    <Screen title={t('approve_site')} onBack={() => go(from)}>
      <p class="card-site">
        <SiteName site={site} testId="site-shown" />
      </p>
      <Totals site={site} />
      <BudgetOf site={site} />
      <FilteredList
        list={filteredActivity({ site })}
        from={{ name: 'site', site, from }}
        none={t('popup_nothingFound')}
      />
    </Screen>
  );
}
