import * as v from 'valibot';
import type { MessageKey } from '../fault.ts';
import { type RawString, tab, text } from './fields.ts';
import { message } from './message.ts';
import type { PaymentView } from './payment.ts';

/**
 * The state of a 402: `seen` while it is classified, `asking` while the user is asked, `paying` until the proof has a
 * response, `pending` when the server has taken the proof and serves later, `failed` when it was to be paid and
 * that was not completed, `left` when it was not paid for another reason. In both the page got the 402.
 */
export type ExchangeState =
  | 'seen'
  | 'asking'
  | 'paying'
  | 'pending'
  | 'paid'
  | 'refused'
  | 'unanswered'
  | 'failed'
  | 'left';

/** One 402 of a tab. */
export interface ExchangeView {
  readonly id: string;
  /** When the 402 arrived (ms since the epoch). */
  readonly at: number;
  /** The browser's own word for what asked: `main_frame`, `image`. */
  readonly kind: string;
  readonly method: string;
  readonly url: string;
  readonly site: string;
  /** Origin of the page that asked, when it is another one. */
  readonly askedBy: string | null;
  readonly state: ExchangeState;
  /** Why it was asked about or left, as a sentence. */
  readonly why: { readonly key: MessageKey; readonly args: readonly string[] } | null;
  /** Of the state `pending`: the server wants to be asked again from this time on (ms since the epoch); else null. */
  readonly notBefore: number | null;
  /** Null where no offer could be paid. */
  readonly amount: RawString | null;
  readonly mechanism: string | null;
  readonly testMoney: boolean;
  /** HTTP status of the last answer to a proof. */
  readonly status: number | null;
  /** Names the payment in the activity. */
  readonly payment: string | null;
}

/** How a proof was sent: with the page's own request, in the body of a POST, or again from the developer tools. */
export type WayView = 'page' | 'post' | 'replay';

/** One step of an exchange; `at` in ms since the epoch. */
export type StepView = { readonly at: number } & (
  | { readonly kind: 'priced'; readonly header: string }
  | { readonly kind: 'unpriced'; readonly headers: readonly (readonly [name: string, value: string])[] }
  | {
      readonly kind: 'decided';
      readonly how: 'pay' | 'ask' | 'refuse';
      readonly why: MessageKey | null;
      readonly args?: readonly string[];
      readonly amount: RawString;
      readonly mechanism: string;
      readonly network: string;
      readonly payTo: string;
    }
  | { readonly kind: 'served'; readonly payment: string }
  | { readonly kind: 'left'; readonly key: MessageKey; readonly args: readonly string[] }
  | {
      readonly kind: 'answered';
      readonly way: WayView;
      readonly status: number;
      readonly paymentResponse: string | null;
      readonly paymentRequired: string | null;
    }
  | { readonly kind: 'unanswered'; readonly way: WayView; readonly reason: string }
);

/** A proof, and the request header that carries it. */
export interface ProofView {
  readonly header: 'PAYMENT-SIGNATURE' | 'X-Nano-Payment';
  readonly value: string;
}

/** One 402 from its request to its receipt. */
export interface ExchangeStory extends ExchangeView {
  readonly frameId: number;
  readonly documentId: string | null;
  readonly initiator: string | null;
  readonly redirectedBy: string | null;
  readonly topOrigin: string | null;
  /** The Nano network in use. */
  readonly network: string;
  readonly steps: readonly StepView[];
  /** The payment that served it: its own, or an earlier one for the same request. */
  readonly paid: PaymentView | null;
  /** Null before there is one, and while the purse is locked. */
  readonly proof: ProofView | null;
  readonly canReplay: boolean;
}

/** The response to a proof that was sent again. */
export type ReplayView =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly paymentResponse: string | null;
      readonly paymentRequired: string | null;
      /** The beginning of the body, as text. */
      readonly body: string;
      /** How long the answer took (ms). */
      readonly took: number;
    }
  | { readonly kind: 'unanswered' };

export const exchangeMessages = {
  /** Returns the 402s of a tab, oldest first. */
  'exchange.list': message(v.strictObject({ tabId: tab }), 'open')<readonly ExchangeView[]>(),
  'exchange.read': message(v.strictObject({ id: text(128) }), 'open')<ExchangeStory>(),
  /** Sends the same proof to the same URL once more and returns the response. */
  'exchange.replay': message(v.strictObject({ id: text(128) }), 'open')<ReplayView>(),
  /** Has the page of a 402 that was not paid ask again, by loading it once more. Only for a GET. */
  'exchange.askAgain': message(v.strictObject({ id: text(128) }), 'open')<null>(),
  'exchange.clear': message(v.strictObject({ tabId: tab }), 'open')<null>(),
} as const;
