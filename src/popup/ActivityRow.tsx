import type { MessageKey } from '../fault.ts';
import type { ActivityView, PaymentState, PaymentView, TransferView } from '../messages/views.ts';
import { Amount } from '../ui/components/Amount.tsx';
import { Icon, type IconName } from '../ui/components/Icon.tsx';
import { PrivateWindow } from '../ui/components/PrivateWindow.tsx';
import { SiteName } from '../ui/components/SiteName.tsx';
import { shortAccount } from '../ui/format.ts';
import { t } from '../ui/i18n.ts';
import { ago } from '../ui/time.ts';
import { go, type Place } from './place.ts';

/** How a state is called. */
export const STATES: Readonly<Record<PaymentState, MessageKey>> = {
  approved: 'popup_state_approved',
  signed: 'popup_state_signed',
  published: 'popup_state_published',
  confirmed: 'popup_state_confirmed',
  proven: 'popup_state_proven',
  delivered: 'popup_state_delivered',
  settled: 'popup_state_settled',
  refused: 'popup_state_refused',
  unanswered: 'popup_state_unanswered',
  revoked: 'popup_state_revoked',
  abandoned: 'popup_state_abandoned',
};

type Tone = 'good' | 'bad' | 'quiet' | 'busy';

/** How a state should strike the eye. */
export function toneOf(state: PaymentState): Tone {
  switch (state) {
    case 'settled':
      return 'good';
    case 'refused':
    case 'unanswered':
      return 'bad';
    case 'revoked':
    case 'abandoned':
      return 'quiet';
    case 'approved':
    case 'signed':
    case 'published':
    case 'confirmed':
    case 'proven':
    case 'delivered':
      return 'busy';
  }
}

/** How a payment is called, and strikes the eye. Of a forgotten one with a confirmed block no more can be said. */
export function standingOf({ state, isForgotten }: PaymentView): {
  readonly key: MessageKey;
  readonly tone: Tone;
} {
  const isPaid = state === 'confirmed' || state === 'proven' || state === 'delivered';
  if (isForgotten && isPaid) return { key: 'popup_state_forgotten', tone: 'good' };
  return { key: STATES[state], tone: toneOf(state) };
}

const ICONS: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  bad: 'warning',
  quiet: 'cross',
  busy: 'clock',
};

/** One line of the activity; it opens the story behind it. */
export function ActivityRow({ item, from }: { readonly item: ActivityView; readonly from: Place }) {
  const tone = item.kind === 'payment' ? standingOf(item).tone : item.kind === 'received' ? 'good' : 'quiet';
  return (
    <li>
      <button
        type="button"
        class="row"
        data-testid="activity-row"
        data-id={item.id}
        data-kind={item.kind}
        data-state={item.kind === 'payment' ? item.state : undefined}
        onClick={() => go({ name: 'story', id: item.id, from })}
      >
        <span class={`disc disc-${tone}`}>
          <Icon name={item.kind === 'payment' ? ICONS[tone] : TRANSFER_ICONS[item.kind]} />
        </span>
        <span class="row-words">
          <span class="row-title">
            {item.kind !== 'payment' ? (
              shortAccount(item.counterparty)
            ) : item.site === null ? (
              <PrivateWindow />
            ) : (
              <SiteName site={item.site} />
            )}
          </span>
          <span class="row-sub">
            {t(item.kind === 'payment' ? standingOf(item).key : TRANSFERS[item.kind])} ·{' '}
            {ago(item.at, Date.now())}
          </span>
        </span>
        <Amount raw={item.amount} sign={item.kind === 'received' ? '+' : '−'} />
      </button>
    </li>
  );
}

/** What a transfer is called. */
export const TRANSFERS: Readonly<Record<TransferView['kind'], MessageKey>> = {
  received: 'popup_received',
  sent: 'popup_sent',
};

const TRANSFER_ICONS: Readonly<Record<TransferView['kind'], IconName>> = {
  received: 'receive',
  sent: 'send',
};
