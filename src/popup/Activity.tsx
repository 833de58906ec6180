import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../ui/components/Button.tsx';
import { FaultLine } from '../ui/components/Notice.tsx';
import { Screen, type ScrollPlace } from '../ui/components/Screen.tsx';
import { t } from '../ui/i18n.ts';
import { ActivityRow } from './ActivityRow.tsx';
import { activity } from './activity-list.ts';
import { ExportActivity } from './ExportActivity.tsx';

const scroll: ScrollPlace = { top: 0 };

/** Everything that was paid, received and sent, newest first. */
export function Activity() {
  const items = activity.items.value;
  const loading = activity.loading.value;
  return (
    <Screen title={t('popup_activity')} scroll={scroll}>
      {items.length === 0 && loading.kind === 'idle' && <p class="hint">{t('popup_nothingYet')}</p>}
      {items.length > 0 && <ExportActivity />}
      <ul class="rows">
        {items.map((item) => (
          <ActivityRow key={item.id} item={item} from={{ name: 'activity' }} />
        ))}
      </ul>
      <FaultLine fault={loading.kind === 'failed' ? loading.fault : null} />
      {activity.hasMore ? (
        <More key={items.length} busy={loading.kind === 'loading'} />
      ) : (
        items.length > 0 && <p class="list-end">{t('popup_end')}</p>
      )}
    </Screen>
  );
}

/** The next page, when the end of the list comes near or the user asks. */
function More({ busy }: { readonly busy: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void activity.more();
      },
      { rootMargin: '200px' },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} class="more">
      <Button look="quiet" busy={busy} testId="more" onClick={() => void activity.more()}>
        {t('popup_more')}
      </Button>
    </div>
  );
}
