import type { ActivityView, TransferView } from '../../messages/activity.ts';
import type { PaymentView } from '../../messages/payment.ts';
import { Amount } from '../../ui/components/Amount.tsx';
import { Icon, type IconName } from '../../ui/components/Icon.tsx';
import { PrivateWindow } from '../../ui/components/PrivateWindow.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { shortAccount } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';
import { ago, shortTime } from '../../ui/time.ts';
import { isUndone, signOf, statusOf, type Tone } from './activity-status.ts';
import { go, type Route } from './route.ts';

const ICONS: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  bad: 'warning',
  quiet: 'cross',
  busy: 'clock',
};

const TRANSFER_ICONS: Readonly<Record<TransferView['kind'], IconName>> = {
  received: 'receive',
  sent: 'send',
};

/** The site of a payment or of its refund, or the other account of a transfer. */
function RowTitle({ item }: { readonly item: ActivityView }) {
  if (item.kind === 'payment') return <PaidSite site={item.site} />;
  return item.refundOf === null ? shortAccount(item.counterparty) : <PaidSite {...item.refundOf} />;
}

function PaidSite({ site }: Pick<PaymentView, 'site'>) {
  return site === null ? <PrivateWindow /> : <SiteName site={site} />;
}

/** One row of the activity. A click opens its story. */
export function ActivityRow({ item, from }: { readonly item: ActivityView; readonly from: Route }) {
  const { key, tone } = statusOf(item);
  const now = Date.now();
  const notBefore = item.kind === 'payment' ? (item.pending?.notBefore ?? null) : null;
  const waitsUntil = notBefore !== null && notBefore > now ? notBefore : null;
  return (
    <li>
      <button
        type="button"
        class={isUndone(item) ? 'row row-undone' : 'row'}
        data-testid="activity-row"
        data-id={item.id}
        data-kind={item.kind}
        data-state={item.state}
        onClick={() => go({ name: 'story', id: item.id, from })}
      >
        <span class={`disc disc-${tone}`}>
          <Icon name={item.kind === 'payment' || isUndone(item) ? ICONS[tone] : TRANSFER_ICONS[item.kind]} />
        </span>
        <span class="row-words">
          <span class="row-title">
            <RowTitle item={item} />
          </span>
          <span class="row-sub">
            {waitsUntil === null
              ? `${t(key)} · ${ago(item.at, now)}`
              : t('popup_waitsUntil', { time: shortTime(waitsUntil) })}
          </span>
        </span>
        <Amount raw={item.amount} sign={signOf(item)} />
      </button>
    </li>
  );
}
