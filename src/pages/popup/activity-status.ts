import type { PlainMessageKey } from '../../fault.ts';
import type { ActivityView, TransferStateView, TransferView } from '../../messages/activity.ts';
import type { PaymentState, PaymentView } from '../../messages/payment.ts';

/** The words for each state of a payment. */
const PAYMENT_STATES: Readonly<Record<PaymentState, PlainMessageKey>> = {
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

export type Tone = 'good' | 'bad' | 'quiet' | 'busy';

/** Returns the tone in which a state of a payment is shown. */
function toneOf(state: PaymentState): Tone {
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

/** The words and the tone for what has become of an activity. */
export interface ActivityStatus {
  readonly key: PlainMessageKey;
  readonly tone: Tone;
}

/** Returns the status of an activity. A forgotten payment whose block is confirmed counts as done: its outcome is unknown. */
export function statusOf(item: ActivityView): ActivityStatus {
  if (item.kind !== 'payment') {
    const isRefund = item.refundOf !== null && item.state === 'done';
    return isRefund ? { key: 'popup_refund', tone: 'good' } : TRANSFERS[item.kind][item.state];
  }
  const { state, isForgotten } = item;
  const isPaid = state === 'confirmed' || state === 'proven' || state === 'delivered';
  if (isForgotten && isPaid) return { key: 'popup_state_forgotten', tone: 'good' };
  if (item.waitsFor !== null) return { key: 'popup_state_cutOff', tone: 'busy' };
  if (state === 'signed') return { key: 'popup_state_sending', tone: 'busy' };
  return statusOfStep({ state, ...(item.pending !== null && { pending: true as const }) });
}

/** Returns the status after one step of a payment. */
export function statusOfStep({ state, pending }: Omit<PaymentView['story'][number], 'at'>): ActivityStatus {
  if (pending) return { key: 'popup_state_pending', tone: 'busy' };
  return { key: PAYMENT_STATES[state], tone: toneOf(state) };
}

/** The status of a transfer in each of its states. */
const TRANSFERS: Readonly<Record<TransferView['kind'], Readonly<Record<TransferStateView, ActivityStatus>>>> =
  {
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

/** Tells whether no money has moved and none will: a payment that was given up or taken back, a transfer that was not made. */
export function isUndone({ kind, state }: Pick<ActivityView, 'kind' | 'state'>): boolean {
  return kind === 'payment' ? state === 'abandoned' || state === 'revoked' : state !== 'done';
}

/** Returns the sign of an activity's amount; undefined where no money has moved. */
export function signOf(item: Pick<ActivityView, 'kind' | 'state'>): '+' | '−' | undefined {
  if (isUndone(item)) return undefined;
  return item.kind === 'received' ? '+' : '−';
}
