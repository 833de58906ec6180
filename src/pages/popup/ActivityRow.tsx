import type { PlainMessageKey } from '../../fault.ts';
import type { ActivityView, PaymentState, TransferStateView, TransferView } from '../../messages/views.ts';
import { Amount } from '../../ui/components/Amount.tsx';
import { Icon, type IconName } from '../../ui/components/Icon.tsx';
import { PrivateWindow } from '../../ui/components/PrivateWindow.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { shortAccount } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';
import { ago } from '../../ui/time.ts';
import { go, type Place } from './place.ts';

/** How a state is called. */
export const STATES: Readonly<Record<PaymentState, PlainMessageKey>> = {
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

interface Standing {
  readonly key: PlainMessageKey;
  readonly tone: Tone;
}

/** How an activity is called, and strikes the eye. Of a forgotten payment with a confirmed block no more can be said. */
export function standingOf(item: ActivityView): Standing {
  if (item.kind !== 'payment') return TRANSFERS[item.kind][item.state];
  const { state, isForgotten } = item;
  const isPaid = state === 'confirmed' || state === 'proven' || state === 'delivered';
  if (isForgotten && isPaid) return { key: 'popup_state_forgotten', tone: 'good' };
  return { key: STATES[state], tone: toneOf(state) };
}

/** What a transfer is called, in each of its states. */
const TRANSFERS: Readonly<Record<TransferView['kind'], Readonly<Record<TransferStateView, Standing>>>> = {
  received: {
    done: { key: 'popup_received', tone: 'good' },
    waiting: { key: 'popup_receiveWaits', tone: 'busy' },
    refused: { key: 'popup_receiveRefused', tone: 'bad' },
    replaced: { key: 'popup_receiveRefused', tone: 'quiet' },
  },
  sent: {
    done: { key: 'popup_sent', tone: 'quiet' },
    waiting: { key: 'popup_sendWaits', tone: 'busy' },
    refused: { key: 'popup_sendRefused', tone: 'bad' },
    replaced: { key: 'popup_notSent', tone: 'quiet' },
  },
};

/** Money that came or went; none for what did neither, or not yet. */
export function signOf(item: ActivityView): '+' | '−' | undefined {
  if (item.kind === 'payment') return '−';
  if (item.state !== 'done') return undefined;
  return item.kind === 'received' ? '+' : '−';
}

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

/** One line of the activity; it opens the story behind it. */
export function ActivityRow({ item, from }: { readonly item: ActivityView; readonly from: Place }) {
  const { key, tone } = standingOf(item);
  const isUndone = item.kind !== 'payment' && item.state !== 'done';
  return (
    <li>
      <button
        type="button"
        class={isUndone ? 'row row-undone' : 'row'}
        data-testid="activity-row"
        data-id={item.id}
        data-kind={item.kind}
        data-state={item.state}
        onClick={() => go({ name: 'story', id: item.id, from })}
      >
        <span class={`disc disc-${tone}`}>
          <Icon name={item.kind === 'payment' || isUndone ? ICONS[tone] : TRANSFER_ICONS[item.kind]} />
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
            {t(key)} · {ago(item.at, Date.now())}
          </span>
        </span>
        <Amount raw={item.amount} sign={signOf(item)} />
      </button>
    </li>
  );
}
