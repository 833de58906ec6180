import { Fault, type FaultKey } from '../fault.ts';
import type { Challenge, Unanswered } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash, SignedBlock } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import type { SpendingWindows } from '../policy/budget.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { Site } from '../site.ts';
import type { Approval } from '../wallet/paying-wallet.ts';

/** Names what a request buys: the method and the URL without its query. Two requests with one name have one price history. */
export function resourceOf({ method, url }: Pick<Challenge, 'method' | 'url'>): string {
  const { origin, pathname } = new URL(url);
  return `${method} ${origin}${pathname}`;
}

/**
 * A test of a server, for which the user agreed to spend a sum. No request of the browser caused it, so its payment is never
 * found for one, and its proof is never delivered to a page.
 */
export interface ServerTest {
  readonly kind: 'test';
  /** The URL that is tested. */
  readonly url: string;
}

/** What was approved. It never changes: one amount is checked, shown, debited and signed (invariant 3). */
export interface Intent {
  readonly id: PaymentId;
  /** When it was approved (ms since the epoch). */
  readonly at: number;
  readonly network: { readonly id: string; readonly testMoney: boolean };
  readonly account: NanoAddress;
  readonly site: Site;
  /** What caused it: a request of the browser, or a test. */
  readonly challenge: Challenge | ServerTest;
  readonly offer: Offer;
  readonly amount: Raw;
  readonly approval: Approval;
  /** Unique over the journal: no session, nonce, challenge or approval is paid twice (invariant 1). */
  readonly once: string;
  /** As `resourceOf` names it; the price-rise rule compares payments of one resource. */
  readonly resource: string;
  /** The windows in which it was debited. An amount that is given back is taken out of exactly these. */
  readonly windows: SpendingWindows;
}

interface Signed {
  readonly block: SignedBlock;
  readonly hash: BlockHash;
}
interface Proven extends Signed {
  /** The value of its header (see `shownProof`). It is kept and delivered again, never made a second time. */
  readonly proof: string;
  /** A token of the server that goes beside the proof at its next delivery (X-Nano-Represent, docs/WIRE.md §11.3). */
  readonly represent?: string;
}

/** What is known of the next delivery of a proof that was not served. */
interface Later {
  /** The server does not want the proof again before this time (ms since the epoch). */
  readonly notBefore?: number;
}

/** The credit (raw) that the server says it keeps on the block hash. */
interface Credited {
  /** Raw. It counts as spent. */
  readonly credit?: Raw;
}

/** The state of a payment, and the data that the state has. */
export type Progress =
  | { readonly state: 'approved' }
  | ({ readonly state: 'signed' } & Signed)
  | ({ readonly state: 'published' } & Signed)
  | ({ readonly state: 'confirmed' } & Signed)
  | ({ readonly state: 'proven' } & Proven)
  | ({ readonly state: 'delivered' } & Proven)
  | ({
      readonly state: 'settled';
      readonly status: number;
      /** The proof went in the body of a POST: the page's own request was refused before (docs/WIRE.md §3.4). */
      readonly byPost?: true;
    } & Proven &
      Credited)
  | ({
      readonly state: 'refused';
      readonly status: number;
      /** The block is not on the ledger, and will never pay for this offer (docs/WIRE.md §11.1). */
      readonly final: boolean;
      /** The server says "not yet", or has not judged the proof. */
      readonly early?: true;
      readonly said: string;
    } & Proven &
      Credited &
      Later)
  /** There is no answer, or the server has taken the proof and serves later (`pending`, docs/WIRE.md §11.1). */
  | ({ readonly state: 'unanswered'; readonly reason: Unanswered['reason'] | 'pending' } & Proven & Later)
  /** A block that others could have published is void: another block is confirmed in its place. */
  | ({ readonly state: 'revoked' } & Signed)
  | { readonly state: 'abandoned'; readonly fault: FaultKey; readonly args: readonly string[] };

export type PaymentState = Progress['state'];

/** The progress of a payment in certain states. */
export type ProgressAt<State extends PaymentState> = Extract<Progress, { readonly state: State }>;

/** One step that a payment took. */
export interface StoryStep {
  readonly state: PaymentState;
  /** In ms since the epoch. */
  readonly at: number;
  /** Of the state `unanswered`: the server has taken the proof and serves later. */
  readonly pending?: true;
}

/** A part of a payment that its payee sent back. */
export interface Refund {
  /** The send that was received. */
  readonly source: BlockHash;
  /** When that was signed (ms since the epoch). */
  readonly at: number;
  /** Raw. It may exceed what was paid. */
  readonly amount: Raw;
  /** What of it was taken off the sums in which the payment counts (raw). */
  readonly counted: Raw;
}

/** The journal's record of one intent to pay, from approval to receipt: the unit of crash safety. */
export interface Payment {
  readonly intent: Intent;
  readonly progress: Progress;
  readonly story: readonly StoryStep[];
  /**
   * The blocks that were signed for it before the one in `progress` and lost their place to another wallet's block, oldest
   * first. At most one of them and the present block can be confirmed.
   */
  readonly replaced?: readonly BlockHash[];
  /**
   * Blocks that were signed for it, but that another wallet of the same seed had signed for something else and published
   * first: the proof of such a block belongs to that wallet.
   */
  readonly claimed?: readonly BlockHash[];
  /**
   * It was restored from a backup when its block was signed already: the wallet that made the backup may still be paying.
   * Where the block loses its place, the payment is abandoned instead of signed again.
   */
  readonly isCopy?: true;
  /** What its payee sent back, oldest first. */
  readonly refunds?: readonly Refund[];
  /** The title of the document that was paid for, cleaned for display. Absent for anything but a document. */
  readonly title?: string;
}

/** The states that may follow each state. */
export type Steps = Readonly<Record<PaymentState, readonly PaymentState[]>>;

/**
 * The steps of a payment whose block this wallet publishes. A payment is abandoned only before a block is signed, or once
 * the ledger proves that its block can never be confirmed: money that might still be paid stays reserved (invariant 2).
 * Where another wallet of the same seed has taken the block's place, or published the block, the payment is signed again.
 * A block that no node took in time is revoked.
 */
export const PUBLISHED: Steps = {
  approved: ['signed', 'abandoned'],
  signed: ['published', 'signed', 'revoked', 'abandoned'],
  published: ['confirmed', 'signed', 'abandoned'],
  confirmed: ['proven'],
  proven: ['delivered'],
  delivered: ['settled', 'refused', 'unanswered'],
  refused: ['delivered'],
  unanswered: ['delivered'],
  settled: [],
  revoked: [],
  abandoned: [],
};

/**
 * The steps of a payment whose block is handed over, for the payee to publish. The block itself is the proof. Once it is
 * signed, only another confirmed block in its place gives the money back, whatever the server answers.
 */
export const HANDED_OVER: Steps = {
  approved: ['signed', 'abandoned'],
  signed: ['proven', 'revoked'],
  published: [],
  confirmed: [],
  proven: ['delivered', 'revoked'],
  delivered: ['settled', 'refused', 'unanswered', 'revoked'],
  refused: ['delivered', 'revoked'],
  unanswered: ['delivered', 'revoked'],
  settled: ['revoked'],
  revoked: [],
  abandoned: [],
};

/** The request of the browser that caused an intent; null for a test of a server. */
export function requestOf({ challenge }: Pick<Intent, 'challenge'>): Challenge | null {
  return challenge.kind === 'test' ? null : challenge;
}

/** A new payment, as reserved. */
export function approved(intent: Intent): Payment {
  return { intent, progress: { state: 'approved' }, story: [{ state: 'approved', at: intent.at }] };
}

/** The fields of a payment that the tables of steps read. */
interface Advancing extends Pick<Payment, 'story'> {
  readonly intent: { readonly offer: Pick<Offer, 'mechanism'> };
  readonly progress: { readonly state: PaymentState; readonly reason?: string };
}

/** Whether the server has taken the proof and serves later (docs/WIRE.md §11.1). */
export function isPending(progress: Advancing['progress']): boolean {
  return progress.state === 'unanswered' && progress.reason === 'pending';
}

/**
 * The payment after one step.
 *
 * @throws Fault `fault_paymentOver` when the table has no such step
 */
export function advance<P extends Advancing>(payment: P, progress: P['progress'], at: number): P {
  const steps = isHandOver(payment.intent.offer) ? HANDED_OVER : PUBLISHED;
  if (!steps[payment.progress.state].includes(progress.state)) {
    throw new Fault('fault_paymentOver', [], { cause: `${payment.progress.state} → ${progress.state}` });
  }
  const step = { state: progress.state, at, ...(isPending(progress) && { pending: true as const }) };
  return { ...payment, progress, story: [...payment.story, step] };
}

/** The payment as it is restored from a backup (see `Payment.isCopy`). */
export function copyOf<
  P extends Pick<Payment, 'isCopy'> & { readonly progress: { readonly state: PaymentState } },
>(payment: P): P {
  const { state } = payment.progress;
  return state === 'signed' || state === 'published' ? { ...payment, isCopy: true } : payment;
}

/** Whether the wallet goes on with a payment in this state by itself. */
export function isUnderway(state: PaymentState): boolean {
  return state === 'approved' || state === 'signed' || state === 'published' || state === 'confirmed';
}

/**
 * Whether a proof may still buy something: it is delivered again before anything new is paid. Also after a refusal: the
 * block is on the ledger, or it can come there until it is recalled (docs/WIRE.md §11.1).
 */
export function isKept(progress: Progress): boolean {
  switch (progress.state) {
    case 'proven':
    case 'delivered':
    case 'unanswered':
    case 'refused':
      return true;
    case 'approved':
    case 'signed':
    case 'published':
    case 'confirmed':
    case 'settled':
    case 'revoked':
    case 'abandoned':
      return false;
  }
}

/** Whether the amount of a payment counts as spent. Only an amount that can never be paid any more is given back. */
export function isDebited(state: PaymentState): boolean {
  return state !== 'abandoned' && state !== 'revoked';
}
