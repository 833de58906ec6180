import type { ActivityView } from '../../messages/activity.ts';
import { calendarDay } from '../../policy/spending-windows.ts';
import { t } from '../../ui/i18n.ts';
import { dayHeading } from '../../ui/time.ts';
import { ActivityRow } from './ActivityRow.tsx';
import type { Route } from './route.ts';

interface ActivityDaysProps {
  /** Newest first, after what is not done. */
  readonly items: readonly ActivityView[];
  readonly from: Route;
}

/** The rows of the activity, under a heading for each day. */
export function ActivityDays({ items, from }: ActivityDaysProps) {
  return (
    <>
      {groupsOf(items).map(({ day, rows }) => (
        <section key={day ?? ''} aria-labelledby={`day-${day}`} data-testid="activity-day" data-day={day}>
          <h2 class="day" id={`day-${day}`}>
            {day === null ? t('popup_notDone') : dayHeading(day)}
          </h2>
          <ul class="rows">
            {rows.map((item) => (
              <ActivityRow key={item.id} item={item} from={from} isInDay />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

interface Group {
  /** Null for transfers that are not done. */
  readonly day: string | null;
  readonly rows: ActivityView[];
}

function groupsOf(items: readonly ActivityView[]): readonly Group[] {
  const groups = new Map<string | null, Group>();
  for (const item of items) {
    const isOpen = item.kind !== 'payment' && (item.state === 'waiting' || item.state === 'refused');
    const day = isOpen ? null : calendarDay(item.at);
    const group = groups.get(day) ?? { day, rows: [] };
    group.rows.push(item);
    groups.set(day, group);
  }
  return [...groups.values()];
}
