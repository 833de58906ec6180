import { calendarDay, daysAfter } from '../../policy/spending-windows.ts';
import { Amount } from '../../ui/components/Amount.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { daysIntoWeek } from '../../ui/time.ts';

/** What was spent this week and this month; at one site also in all. */
export function Totals({ site }: { readonly site: string | null }) {
  const now = Date.now();
  const weekFrom = daysAfter(calendarDay(now), -daysIntoWeek(now));
  const totals = useQuery('activity.totals', { site, weekFrom });
  if (totals.kind !== 'given') return null;
  const { week, month, ever } = totals.value;
  return (
    <dl class="totals">
      <div>
        <dt>{t('popup_thisWeek')}</dt>
        <dd>
          <Amount raw={week} testId="total-week" />
        </dd>
      </div>
      <div>
        <dt>{t('popup_thisMonth')}</dt>
        <dd>
          <Amount raw={month} testId="total-month" />
        </dd>
      </div>
      {ever !== null && (
        <div>
          <dt>{t('popup_ever')}</dt>
          <dd>
            <Amount raw={ever} testId="total-ever" />
          </dd>
        </div>
      )}
    </dl>
  );
}
