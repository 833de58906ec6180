import { useEffect, useRef } from 'preact/hooks';
import type { ActivityView } from '../../messages/activity.ts';
import { Button } from '../../ui/components/Button.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { t } from '../../ui/i18n.ts';
import type { Pager } from '../../ui/pager.ts';

interface MoreRowsProps {
  readonly list: Pager<ActivityView>;
}

/** The end of a long list: the next page, the last row, or the fault that keeps it from loading. */
export function MoreRows({ list }: MoreRowsProps) {
  const loading = list.loading.value;
  const count = list.items.value.length;
  return (
    <>
      <FaultLine fault={loading.kind === 'failed' ? loading.fault : null} />
      {list.hasMore ? (
        <NextPage key={count} list={list} busy={loading.kind === 'loading'} />
      ) : (
        count > 0 && <p class="list-end">{t('popup_end')}</p>
      )}
    </>
  );
}

/** Loads the next page when the end of the list is near or its button is pressed. */
function NextPage({ list, busy }: MoreRowsProps & { readonly busy: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void list.more();
      },
      { rootMargin: '200px' },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} class="more">
      <Button look="quiet" busy={busy} testId="more" onClick={() => void list.more()}>
        {t('popup_more')}
      </Button>
    </div>
  );
}
