import type { WaitingView } from '../../messages/approval.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../action.ts';
import { t, tCount } from '../i18n.ts';
import { useQuery } from '../invalidations.ts';
import { Amount } from './Amount.tsx';
import { FaultLine, Notice } from './Notice.tsx';
import { SiteName } from './SiteName.tsx';

/** The most payments that are listed. */
const MAX_ROWS = 3;

/** The payments that wait while the purse is locked, each with its site, its price and a button that declines it. */
export function WaitingPayments() {
  const waiting = useQuery('approval.waiting', {});
  if (waiting.kind === 'failed') return <FaultLine fault={waiting.fault} />;
  if (waiting.kind === 'waiting' || waiting.value.length === 0) return null;
  const count = waiting.value.length;
  return (
    <Notice tone="info">
      {tCount('ui_waiting', count)}
      <ul class="waiting">
        {waiting.value.slice(0, MAX_ROWS).map((one) => (
          <Row key={one.id} {...one} />
        ))}
      </ul>
      {count > MAX_ROWS && t('ui_waitingMore', { count: String(count - MAX_ROWS) })}
    </Notice>
  );
}

function Row({ id, site, amount, testMoney }: WaitingView) {
  const action = useAction();
  return (
    <li data-testid="waiting" data-approval={id}>
      <SiteName site={site} />
      <span class="waiting-price">
        <Amount raw={amount} />
        {testMoney && <span class="chip chip-warn">{t('popup_networkTestChip')}</span>}
      </span>
      <button
        type="button"
        class="link"
        aria-label={t('ui_waitingDecline', { site })}
        data-testid="waiting-decline"
        onClick={() => void action.run(() => request('approval.answer', { id, answer: { kind: 'decline' } }))}
      >
        {t('approve_decline')}
      </button>
      <FaultLine fault={action.fault.value} />
    </li>
  );
}
