import { requestOf } from '../payments/payment.ts';
import { isWhole, siteOnDisk } from '../payments/private-record.ts';
import type { Activity } from './activity.ts';

/** Which activities a list holds. */
export interface ActivityFilter {
  /** Only payments to this site. */
  readonly site?: string;
  /** Only activities that have each of these words: in site, title, description or URL, or in the other account. */
  readonly search?: string;
}

/** The test for a filter. Payments of private windows pass only one that asks for nothing. */
export function passesFilter({ site, search = '' }: ActivityFilter): (activity: Activity) => boolean {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return (activity) => {
    if (site !== undefined && siteIn(activity) !== site) return false;
    if (words.length === 0) return true;
    const text = textOf(activity).toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

const siteIn = (activity: Activity): string | null =>
  activity.kind === 'payment' ? siteOnDisk(activity.payment.intent) : null;

/** What is searched of an activity. */
function textOf(activity: Activity): string {
  if (activity.kind === 'transfer') return activity.transfer.counterparty;
  const { payment } = activity;
  if (!isWhole(payment) || requestOf(payment.intent)?.isPrivate) return '';
  const { challenge, offer } = payment.intent;
  return [payment.title, offer.resource.description, challenge.url].join(' ');
}
