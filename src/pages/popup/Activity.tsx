import { Screen, type ScrollPosition } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { ActivityRow } from './ActivityRow.tsx';
import { activity } from './activity-list.ts';
import { ExportActivity } from './ExportActivity.tsx';
import { MoreRows } from './MoreRows.tsx';
import { SmallReceivesRow } from './SmallReceives.tsx';

const scroll: ScrollPosition = { top: 0 };

/** The whole activity, newest first. */
export function Activity() {
  const items = activity.items.value;
  const loading = activity.loading.value;
  return (
    <Screen title={t('popup_activity')} scroll={scroll}>
      {items.length === 0 && loading.kind === 'idle' && <p class="hint">{t('popup_nothingYet')}</p>}
      {items.length > 0 && <ExportActivity />}
      <ul class="rows">
        <SmallReceivesRow from={{ name: 'activity' }} />
        {items.map((item) => (
          <ActivityRow key={item.id} item={item} from={{ name: 'activity' }} />
        ))}
      </ul>
      <MoreRows list={activity} />
    </Screen>
  );
}
