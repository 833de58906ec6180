import * as v from 'valibot';
import type { MessageKey } from '../fault.ts';
import type { FaultView } from './fault-view.ts';
import { nothing, type RawString, site, text } from './fields.ts';
import { message } from './message.ts';
import type { PaymentView } from './payment.ts';

/** Whether a transfer's block is on the ledger, waits for a node, was refused by one, or has another in its place. */
export type TransferStateView = 'done' | 'waiting' | 'refused' | 'replaced';

export interface TransferView {
  readonly kind: 'received' | 'sent';
  readonly id: string;
  readonly at: number;
  readonly state: TransferStateView;
  /** Why it is not done, where there is more to say than its state. */
  readonly fault: FaultView | null;
  readonly amount: RawString;
  readonly counterparty: string;
  readonly blockHash: string;
  readonly network: string;
  readonly testMoney: boolean;
  /** The payment of which a receive is a refund, with its site (null for a private window); null where it is none. */
  readonly refundOf: { readonly id: string; readonly site: string | null } | null;
}

/** What was received in payments too small to be listed among the others. */
export interface SmallReceivesView {
  readonly count: number;
  /** When the newest of them was signed. */
  readonly newest: number;
}

export type ActivityView = PaymentView | TransferView;

/** One line of the log: why a 402 was not paid. */
export interface LogLineView {
  readonly at: number;
  /** Both are null for a private window. */
  readonly site: string | null;
  readonly url: string | null;
  readonly key: MessageKey;
  readonly args: readonly string[];
  /** The URI of a payment by hand, where the server's answer says one. */
  readonly link?: string;
  /** For how many 402s of the site the line stands, where it is more than one. */
  readonly times?: number;
  /** As in `ApprovalView`, where it is to be told. */
  readonly clockSkew?: number;
}

/** What was spent (raw), without session tags and without what payees sent back. */
export interface TotalsView {
  readonly week: RawString;
  readonly month: RawString;
  /** In all. Null over all sites. */
  readonly ever: RawString | null;
}

export const activityMessages = {
  /**
   * Returns one page: first what is not done, then the newest first, then small receives. `before` is the `next` of the
   * page before it, and `next` is null at the end.
   */
  'activity.page': message(
    v.strictObject({
      before: v.nullable(text(160)),
      limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)),
      /** All items (the default), all but small receives, or small receives alone. */
      range: v.exactOptional(v.picklist(['all', 'main', 'small'])),
      /** Only payments to this site. */
      site: v.exactOptional(site),
      /** Only activities with each of these words in site, title, description or URL, or in the other account. */
      search: v.exactOptional(text(200)),
    }),
    'open',
  )<{ readonly items: readonly ActivityView[]; readonly next: string | null }>(),
  /** Returns what was paid on the network in use and not delivered, and can be delivered again; newest first. */
  'activity.undelivered': message(nothing, 'open')<readonly PaymentView[]>(),
  /** Returns what was spent on the network in use: at one site, or at all of them (null). */
  'activity.totals': message(
    v.strictObject({
      site: v.nullable(site),
      /** The first day of the week (`YYYY-MM-DD`): today or one of the six days before. */
      weekFrom: v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/)),
    }),
    'open',
  )<TotalsView>(),
  /** Returns null where there are no small receives. */
  'activity.small': message(nothing, 'open')<SmallReceivesView | null>(),
  'log.list': message(nothing, 'open')<readonly LogLineView[]>(),
} as const;
