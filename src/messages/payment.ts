import * as v from 'valibot';
import type { FaultView } from './fault-view.ts';
import { nothing, type RawString, raw, text } from './fields.ts';
import { message } from './message.ts';

/** A paid request that only its page can send again. */
export interface ToLoadView {
  readonly id: string;
  readonly site: string;
  readonly url: string;
  /** Whether a reload of the page sends it again; otherwise the user has to do the same in the page again. */
  readonly byReload: boolean;
}

export type PaymentState =
  | 'approved'
  | 'signed'
  | 'published'
  | 'confirmed'
  | 'proven'
  | 'delivered'
  | 'settled'
  | 'refused'
  | 'unanswered'
  | 'revoked'
  | 'abandoned';

export interface PaymentView {
  readonly kind: 'payment';
  readonly id: string;
  readonly at: number;
  readonly state: PaymentState;
  /** `pending` as in `pending` below, of each step. */
  readonly story: readonly { readonly state: PaymentState; readonly at: number; readonly pending?: true }[];
  /**
   * The server has taken the proof and serves later. `notBefore`: it does not want the proof again before this time (ms
   * since the epoch), where it says one. Null in every other state.
   */
  readonly pending: { readonly notBefore: number | null } | null;
  /** Paid in a private window: site, URL, method and all that a server said are not shown, and null. */
  readonly isPrivate: boolean;
  /** A private window's payment whose browser was closed since: only its block is still followed. */
  readonly isForgotten: boolean;
  readonly site: string | null;
  readonly askedBy: string | null;
  readonly url: string | null;
  readonly method: string | null;
  readonly amount: RawString;
  readonly payTo: string;
  readonly mechanism: string;
  readonly network: string;
  readonly testMoney: boolean;
  readonly description: string | null;
  /** The title of the document that was paid for; null where it was none, or in a private window. */
  readonly title: string | null;
  readonly approval: 'once' | 'budget';
  readonly blockHash: string | null;
  /** The blocks that were signed for it before and lost to another wallet of the same seed. */
  readonly lostBlocks: readonly string[];
  /** HTTP status of the paid response. */
  readonly status: number | null;
  readonly fault: FaultView | null;
  /** What keeps a payment that is under way from going on now: no node answers, say. Null where nothing does. */
  readonly waitsFor: FaultView | null;
  readonly serverSaid: string | null;
  /** For a signed block that was handed over: whether the site may still publish it (`out`), or has (`published`). */
  readonly handedOver: 'out' | 'published' | null;
  /** The server accepted the proof in the body of a POST: the page itself may not show what was paid for. */
  readonly byPost: boolean;
  readonly canDeliver: boolean;
  /** The credit (raw) that the server says it keeps on the block hash; null where it says none. */
  readonly credit: RawString | null;
  /** What the payee sent back, oldest first, and what of that was taken off what the site has spent. */
  readonly refunds: readonly {
    readonly id: string;
    readonly at: number;
    readonly amount: RawString;
    readonly counted: RawString;
  }[];
}

export const paymentMessages = {
  /** Returns what is paid and waits until the user has its page send the request again. */
  'page.toLoad': message(nothing, 'open')<readonly ToLoadView[]>(),
  'page.load': message(v.strictObject({ id: text(128) }), 'open')<null>(),
  /** Returns the payments since the browser's start that bought nothing yet, newest first. */
  'payment.owed': message(nothing, 'open')<readonly PaymentView[]>(),
  /** Takes the sign of such a payment from the toolbar button: its user has seen it. */
  'payment.seen': message(v.strictObject({ id: text(128) }), 'open')<null>(),
  /** Takes it from the list of `payment.owed` too. */
  'payment.dismiss': message(v.strictObject({ id: text(128) }), 'open')<null>(),
  'payment.deliver': message(v.strictObject({ id: text(128) }), 'open')<null>(),
  /** Opens what a payment bought in a new tab, with its proof. It is not paid again without a question. */
  'payment.open': message(v.strictObject({ id: text(128) }), 'open')<null>(),
  'payment.recall': message(v.strictObject({ id: text(128) }), 'open')<null>(),
  'money.send': message(
    v.strictObject({ to: text(80), amount: v.union([raw, v.literal('everything')]) }),
    'open',
  )<{ readonly blockHash: string }>(),
} as const;
