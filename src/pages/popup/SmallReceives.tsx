import { useEffect } from 'preact/hooks';
import { formatXno } from '../../nano/amount.ts';
import { Icon } from '../../ui/components/Icon.tsx';
import { Screen, type ScrollPosition } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { ago } from '../../ui/time.ts';
import { SMALL } from '../../wallet/transfer.ts';
import { ActivityRow } from './ActivityRow.tsx';
import { smallReceives } from './activity-list.ts';
import { MoreRows } from './MoreRows.tsx';
import { go, type Route } from './route.ts';

interface FromProps {
  /** The screen that the back button opens. */
  readonly from: Route;
}

/** One row for all small receives, so that spam cannot push payments out of sight. */
export function SmallReceivesRow({ from }: FromProps) {
  const small = useQuery('activity.small', {});
  if (small.kind !== 'given' || small.value === null) return null;
  const { count, newest } = small.value;
  return (
    <li>
      <button
        type="button"
        class="row"
        data-testid="small-receives"
        data-count={count}
        onClick={() => go({ name: 'small', from })}
      >
        <span class="disc">
          <Icon name="receive" />
        </span>
        <span class="row-words">
          <span class="row-title">{t('popup_small')}</span>
          <span class="row-sub">
            {t('popup_smallCount', { count: String(count) })} · {ago(newest, Date.now())}
          </span>
        </span>
        <Icon name="forward" />
      </button>
    </li>
  );
}

const scroll: ScrollPosition = { top: 0 };

/** All small receives, newest first. */
export function SmallReceives({ from }: FromProps) {
  useEffect(() => {
    void smallReceives.refresh();
  }, []);
  return (
    <Screen title={t('popup_small')} onBack={() => go(from)} scroll={scroll}>
      <p class="hint">{t('popup_smallHint', { amount: formatXno(SMALL) })}</p>
      <ul class="rows">
        {smallReceives.items.value.map((item) => (
          <ActivityRow key={item.id} item={item} from={{ name: 'small', from }} />
        ))}
      </ul>
      <MoreRows list={smallReceives} />
    </Screen>
  );
}
