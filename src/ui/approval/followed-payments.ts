import { type ReadonlySignal, signal } from '@preact/signals';
import type { UnderwayView } from '../../messages/approval.ts';

/** A payment that the user agreed to and that this page tells of until its end. */
export interface FollowedPayment extends UnderwayView {
  /** Whether they agreed to it on this page. Otherwise the page was opened since, or another page of the purse was used. */
  readonly isOwn: boolean;
}

const payments = signal<readonly FollowedPayment[]>([]);
/** The requests of all payments that this page has told of. */
const known = new Set<string>();

/** The payments that this page tells of, in the order in which it came to know of them. */
export const followed: ReadonlySignal<readonly FollowedPayment[]> = payments;

/** Tells of a payment from now on. */
export function follow(payment: FollowedPayment): void {
  const { exchange } = payment;
  known.add(exchange);
  payments.value = [...payments.peek().filter((one) => one.exchange !== exchange), payment];
}

/** Tells of those payments that this page has not told of. */
export function followUnderway(underway: readonly UnderwayView[]): void {
  for (const payment of underway) if (!known.has(payment.exchange)) follow({ ...payment, isOwn: false });
}

/** Tells no more of a payment: the user has seen its end. */
export function unfollow(exchange: string): void {
  payments.value = payments.peek().filter((one) => one.exchange !== exchange);
}

/** Tells no more of a payment whose user is asked again: from their next answer on it counts as another one. */
export function unfollowAsked(exchange: string): void {
  unfollow(exchange);
  known.delete(exchange);
}
