import { signal } from '@preact/signals';
import type { ActivityView } from '../../messages/activity.ts';
import type { PaymentView } from '../../messages/payment.ts';
import { type ActivityStatus, statusOf } from './activity-status.ts';

/** The payments whose proof was sent again since the popup opened, with the number of their steps at that time. */
const sent = signal<ReadonlyMap<string, number>>(new Map());

/** Notes that the proof of a payment was sent again. */
export function markSentAgain({ id, story }: PaymentView): void {
  sent.value = new Map(sent.peek()).set(id, story.length);
}

/** Whether the proof of a payment was sent again, and nothing has come of it yet. */
export function isSentAgain({ id, story }: PaymentView): boolean {
  return sent.value.get(id) === story.length;
}

/** Returns the status of an activity as it is shown. While a proof is sent again, its last answer is out of date. */
export function shownStatusOf(item: ActivityView): ActivityStatus {
  if (item.kind === 'payment' && isSentAgain(item)) return { key: 'popup_delivered', tone: 'busy' };
  return statusOf(item);
}
