import * as v from 'valibot';
import type { MessageKey, PlainMessageKey } from '../fault.ts';
import type { BudgetView, CapView } from './budget.ts';
import { nothing, type RawString, raw, site, text } from './fields.ts';
import { message } from './message.ts';
import type { NetworkView } from './network.ts';
import type { WorkState } from './work.ts';

/** An open question, with only its site and its price. */
export interface WaitingView {
  readonly id: string;
  readonly site: string;
  readonly amount: RawString;
  readonly testMoney: boolean;
}

/** A question to the user: may this be paid? */
export interface ApprovalView {
  readonly id: string;
  /** Names the request that gets what is paid for, as in `exchange.read`. */
  readonly exchange: string;
  /** Origin that gets the proof. */
  readonly site: string;
  /** Origin of the page that asked, when it is another one. */
  readonly askedBy: string | null;
  /** The other sites that took part in the request and can be blocked, the nearest first. */
  readonly askers: readonly string[];
  readonly url: string;
  readonly amount: RawString;
  /** The part of the amount that limits count: without a small session tag. */
  readonly price: RawString;
  /** The part of the amount that is only a tag, when it is large enough to be shown. */
  readonly tag: RawString | null;
  readonly payTo: string;
  readonly mechanism: string;
  readonly description: string | null;
  readonly network: NetworkView;
  /**
   * The site whose script asked, which can be left to handle its 402s itself; null where no script of a site asked, and in a
   * private window.
   */
  readonly manualSite: string | null;
  /** The request comes from a private window: choices that would store its site are not offered. */
  readonly isPrivate: boolean;
  /** Why the purse asks instead of paying by itself, and the numbers in the sentence. */
  readonly reason: Extract<MessageKey, `reason_${string}`>;
  readonly args: readonly string[];
  /** The price of the same thing when it was last bought, where it was lower; else null. */
  readonly lowerPrice: RawString | null;
  /** The account that the site's budget pays, where the offer names another one; else null. */
  readonly otherPayTo: string | null;
  /** Whether nothing was ever paid to this account. */
  readonly isFirstPayment: boolean;
  /** The checks that were made, and the warnings. */
  readonly checks: readonly PlainMessageKey[];
  readonly warnings: readonly PlainMessageKey[];
  /**
   * The work that the site wants beyond the network's: up to how many times as much, and how long its search takes at most in
   * 95 of 100 cases (ms; null while the speed of this device is unknown). Null for the usual work.
   */
  readonly harderWork: { readonly times: number; readonly workTime: number | null } | null;
  /** Until when an answer can pay (ms since the epoch). */
  readonly answerBy: number;
  /** By how much the clock of the site is ahead of this device's (ms), where they differ by more than a minute; else null. */
  readonly clockSkew: number | null;
  /** Whether the offer ran out before an answer: the user can have a fresh price asked for. */
  readonly hasRunOut: boolean;
  /** Why it can only be declined at present; null where it can be paid. */
  readonly obstacle: { readonly key: MessageKey; readonly args: readonly string[] } | null;
  /** Whether paying reloads the page: it has stopped waiting for the answer. */
  readonly reloadsPage: boolean;
  /** Whether a budget would pay the like of this without asking. */
  readonly canBudget: boolean;
  readonly budget: BudgetView | null;
  /** What all other budgets may spend a day (raw), where there is no pocket yet that they pay from; else null. */
  readonly otherBudgets: RawString | null;
  readonly cap: CapView;
  readonly balance: RawString | null;
  /** How much is missing; null when the balance is enough or unknown. */
  readonly missing: RawString | null;
  readonly account: string;
  readonly work: WorkState;
}

/** A payment that the user agreed to and that is not over yet. */
export interface UnderwayView {
  /** Names the request that gets what is paid for, as in `exchange.read`. */
  readonly exchange: string;
  readonly price: RawString;
  readonly site: string;
}

const answer = v.variant('kind', [
  v.strictObject({ kind: v.literal('once') }),
  v.strictObject({
    kind: v.literal('budget'),
    perPayment: raw,
    perDay: raw,
    /** Whether the budget pays any account that the site names. By default an old budget stays as it was, a new one pays one. */
    anyPayee: v.exactOptional(v.boolean()),
    /** The level (raw) up to which the user wants a pocket filled. */
    pocket: v.exactOptional(raw),
  }),
  v.strictObject({ kind: v.literal('decline') }),
  /** Only for a question whose offer ran out: the server is asked for a fresh price. */
  v.strictObject({ kind: v.literal('renew') }),
  /** `site` is blocked: the site to be paid, or one with a part in the request. By default one of the latter, if any. */
  v.strictObject({ kind: v.literal('never'), site: v.exactOptional(site) }),
  /** Only for a question with a `manualSite`: its pages handle their own 402s from now on. */
  v.strictObject({ kind: v.literal('manual') }),
]);

export const approvalMessages = {
  /** Returns the open questions, those of the tab in front first and then the oldest, with no more than a locked purse may show. */
  'approval.waiting': message(nothing, 'always')<readonly WaitingView[]>(),
  'approval.list': message(nothing, 'open')<readonly ApprovalView[]>(),
  'approval.answer': message(v.strictObject({ id: text(128), answer }), {
    lessens: ({ answer }) => ['decline', 'never', 'manual'].includes(answer.kind),
  })<{
    /** The request that gets what is paid for, as in `exchange.read`. */
    readonly exchange: string;
  }>(),
  /** Returns the payments that the user agreed to, from their answer to the content, oldest first. */
  'approval.underway': message(nothing, 'open')<readonly UnderwayView[]>(),
  /** Cancels one of them while it is prepared, before its block is signed: its page gets its own 402. */
  'approval.cancel': message(v.strictObject({ exchange: text(128) }), 'always')<null>(),
} as const;
