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

/** Where the same thing is bought again: a site's path, whatever the query. */
export function resourceOf({ method, url }: Pick<Challenge, 'method' | 'url'>): string {
  const { origin, pathname } = new URL(url);
  return `${method} ${origin}${pathname}`;
}

/** What was approved. It never changes: the amount checked = shown = debited = signed (invariant 3). */
export interface Intent {
  readonly id: PaymentId;
  /** When it was approved (ms). */
  readonly at: number;
  readonly network: { readonly id: string; readonly testMoney: boolean };
  readonly account: NanoAddress;
  readonly site: Site;
  readonly challenge: Challenge;
  readonly offer: Offer;
  readonly amount: Raw;
  readonly approval: 'once' | 'budget';
  /** Unique over the whole journal: no offer is paid twice (invariant 1). */
  readonly once: string;
  /** See `resourceOf`; for the price-rise rule. */
  readonly resource: string;
  /** Where it was debited; what is given back goes to exactly these windows. */
  readonly windows: SpendingWindows;
}

interface Signed {
  readonly block: SignedBlock;
  readonly hash: BlockHash;
}
interface Proven extends Signed {
  /** The bytes of PAYMENT-SIGNATURE: kept and delivered again, never made anew. */
  readonly proof: string;
}

/** How far a payment has come, and what is known by then. */
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
    } & Proven)
  | ({
      readonly state: 'refused';
      readonly status: number;
      readonly final: boolean;
      readonly said: string;
    } & Proven)
  | ({ readonly state: 'unanswered'; readonly reason: Unanswered['reason'] } & Proven)
  /** A block that others might have published can no longer land: another one stands in its place. */
  | ({ readonly state: 'revoked' } & Signed)
  | { readonly state: 'abandoned'; readonly fault: FaultKey; readonly args: readonly string[] };

export type PaymentState = Progress['state'];

/** The progress of a payment in certain states. */
export type ProgressAt<State extends PaymentState> = Extract<Progress, { readonly state: State }>;

/** The journal's record of one intent to pay, from approval to receipt: the unit of crash safety. */
export interface Payment {
  readonly intent: Intent;
  readonly progress: Progress;
  readonly story: readonly { readonly state: PaymentState; readonly at: number }[];
  /**
   * The blocks that were signed for it before the one in `progress`, and lost their place to another wallet's block,
   * oldest first. All of them and the present one exclude each other.
   */
  readonly replaced?: readonly BlockHash[];
  /**
   * Blocks that were signed for it, and that another wallet of the same seed had signed as well, for something else, and
   * published first: their proof is that wallet's.
   */
  readonly claimed?: readonly BlockHash[];
  /**
   * It came with a backup when its block was signed already: the purse that the backup was made of may still be paying.
   * Where the block loses its place, it is given up instead of being signed once more.
   */
  readonly isCopy?: true;
}

/** From each state, where a payment may go. */
export type Steps = Readonly<Record<PaymentState, readonly PaymentState[]>>;

/**
 * From where to where, when the purse publishes the block. A payment is abandoned only before a block is signed, or
 * once the ledger proves that its block can never land: what might still be paid stays reserved (invariant 2). Where
 * another wallet of the same seed has taken the block's place, or the block, the payment is signed once more. A block
 * that could not be published while it would have bought something is revoked.
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
 * When the block is handed over, to be published by whoever has it: the block itself is the proof, and from its
 * signature on nothing but another block in its place gives the money back, whatever the server said.
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

/** A new payment, as reserved. */
export function approved(intent: Intent): Payment {
  return { intent, progress: { state: 'approved' }, story: [{ state: 'approved', at: intent.at }] };
}

/** What the table of steps looks at. */
interface Advancing extends Pick<Payment, 'story'> {
  readonly intent: { readonly offer: Pick<Offer, 'mechanism'> };
  readonly progress: { readonly state: PaymentState };
}

/**
 * The payment after one step.
 *
 * @throws Fault `fault_paymentOver` when the table knows no such step.
 */
export function advance<P extends Advancing>(payment: P, progress: P['progress'], at: number): P {
  const steps = isHandOver(payment.intent.offer) ? HANDED_OVER : PUBLISHED;
  if (!steps[payment.progress.state].includes(progress.state)) {
    throw new Fault('fault_paymentOver', [], { cause: `${payment.progress.state} → ${progress.state}` });
  }
  return { ...payment, progress, story: [...payment.story, { state: progress.state, at }] };
}

/** The payment as a backup brings it into another browser (see `Payment.isCopy`). */
export function copyOf<
  P extends Pick<Payment, 'isCopy'> & { readonly progress: { readonly state: PaymentState } },
>(payment: P): P {
  const { state } = payment.progress;
  return state === 'signed' || state === 'published' ? { ...payment, isCopy: true } : payment;
}

/** True while the purse still has something to do for this payment by itself. */
export function isUnderway(state: PaymentState): boolean {
  return state === 'approved' || state === 'signed' || state === 'published' || state === 'confirmed';
}

/**
 * Whether a proof may still buy something and goes out again before anything new is paid. Once the server refused it
 * for good, delivering it again is up to the user.
 */
export function isKept(progress: Progress): boolean {
  switch (progress.state) {
    case 'proven':
    case 'delivered':
    case 'unanswered':
      return true;
    case 'refused':
      return !progress.final;
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

/** Whether the money of this payment counts as spent: only what can never be paid any more is given back. */
export function isDebited(state: PaymentState): boolean {
  return state !== 'abandoned' && state !== 'revoked';
}
