import type { ComponentChildren } from 'preact';
import type { ActivityView, TransferView } from '../../messages/activity.ts';
import type { PaymentView } from '../../messages/payment.ts';
import { useAccountName } from '../../ui/account-names.ts';
import { Amount } from '../../ui/components/Amount.tsx';
import { Icon, type IconName } from '../../ui/components/Icon.tsx';
import { PrivateWindow } from '../../ui/components/PrivateWindow.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { shortAccount } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';
import { ago, shortTime } from '../../ui/time.ts';
import { isUndone, signOf, type Tone } from './activity-status.ts';
import { BoughtLink } from './BoughtLink.tsx';
import { go, type Route } from './route.ts';
import { shownStatusOf } from './sent-again.ts';

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

/**
 * The title of what was bought, with its site below, or the site alone. Of a transfer the other account, below the user's name
 * for it where it has one.
 */
function RowTitle({ item }: { readonly item: ActivityView }) {
  const name = useAccountName(item.kind === 'payment' || item.refundOf !== null ? null : item.counterparty);
  const title = item.kind === 'payment' ? item.title : name;
  return (
    <>
      {title !== null && (
        <bdi class="row-title" dir="auto" data-testid="row-title">
          {title}
        </bdi>
      )}
      <span class={title === null ? 'row-title' : 'row-sub'}>
        <RowSite item={item} />
      </span>
    </>
  );
}

/** The site of a payment or of its refund, or the other account of a transfer. */
function RowSite({ item }: { readonly item: ActivityView }) {
  if (item.kind === 'payment') return <PaidSite site={item.site} />;
  return item.refundOf === null ? shortAccount(item.counterparty) : <PaidSite {...item.refundOf} />;
}

function PaidSite({ site }: Pick<PaymentView, 'site'>) {
  return site === null ? <PrivateWindow /> : <SiteName site={site} />;
}

interface ActivityRowProps {
  readonly item: ActivityView;
  readonly from: Route;
  /** Shows the time of day instead of how long ago it was: the day is in the heading. */
  readonly isInDay?: boolean;
  /** Shown below the row. */
  readonly children?: ComponentChildren;
}

/** One row of the activity. A click opens its story; a link beside it opens what was bought. */
export function ActivityRow({ item, from, isInDay = false, children }: ActivityRowProps) {
  const { key, tone } = shownStatusOf(item);
  const now = Date.now();
  const notBefore = item.kind === 'payment' ? (item.pending?.notBefore ?? null) : null;
  const waitsUntil = notBefore !== null && notBefore > now ? notBefore : null;
  return (
    <li>
      <div class="row-line">
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
            <Icon
              name={item.kind === 'payment' || isUndone(item) ? ICONS[tone] : TRANSFER_ICONS[item.kind]}
            />
          </span>
          <span class="row-words">
            <RowTitle item={item} />
            <span class="row-sub">
              {waitsUntil === null
                ? `${t(key)} · ${isInDay ? shortTime(item.at) : ago(item.at, now)}`
                : t('popup_waitsUntil', { time: shortTime(waitsUntil) })}
            </span>
          </span>
          <Amount raw={item.amount} sign={signOf(item)} />
        </button>
        {item.kind === 'payment' && (
          <BoughtLink
            payment={item}
            look="icon-button"
            label={t('popup_openBought', { name: item.title ?? item.url ?? '' })}
          >
            <Icon name="open" />
          </BoughtLink>
        )}
      </div>
      {children}
    </li>
  );
}
