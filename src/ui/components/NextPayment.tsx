import type { NextPaymentView } from '../../messages/work.ts';
import { t } from '../i18n.ts';
import { useQuery } from '../invalidations.ts';
import { lasting } from '../time.ts';

/** How long it takes until the purse can pay at once: from now, or from the arrival of the first money. */
export function NextPayment() {
  const next = useQuery('work.nextPayment', {});
  if (next.kind !== 'given') return null;
  return (
    <p
      class="hint"
      role="status"
      data-testid="next-payment"
      data-state={next.value.state}
      data-mean={next.value.meanMs ?? undefined}
    >
      {wordsOf(next.value)}
    </p>
  );
}

function wordsOf({ state, meanMs }: NextPaymentView): string {
  switch (state) {
    case 'ready':
      return t('popup_workReady');
    case 'preparing':
      return meanMs === null ? t('ui_nextPreparingOn') : t('ui_nextPreparing', { time: lasting(meanMs) });
    case 'unfunded':
      return meanMs === null ? t('ui_nextUnfundedOn') : t('ui_nextUnfunded', { time: lasting(meanMs) });
  }
}
