import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import type { Intent, Payment, Progress } from './payment.ts';
import type { AnyPayment } from './private-record.ts';

/** What came of asking the journal to reserve money for an intent. */
export type Reservation =
  | { readonly kind: 'reserved'; readonly payment: Payment }
  /** The same session, nonce or challenge was approved before: that payment goes on, no second one begins. */
  | { readonly kind: 'known'; readonly payment: AnyPayment }
  /** The budget does not allow it any more: other payments used it up, or it was changed since the decision. */
  | { readonly kind: 'over' };

/** How a payment's block was lost to it: see `Payment.replaced` and `Payment.claimed`. */
export type Lost = 'replaced' | 'claimed';

/** An intent before it was counted: in which windows, the journal alone decides. */
export type Uncounted = Omit<Intent, 'windows'>;

/**
 * The purse's memory of payments. Every method is one transaction: it either happened on disk when its promise
 * resolves, or did not happen at all. Of a payment that was made in a private window the disk holds no more than a
 * `PrivateRecord`: it is given whole until the browser ends.
 */
export interface Journal {
  /**
   * Checks the budget once more, debits every window that the moment falls into and writes the payment as `approved`
   * (invariants 1, 2).
   */
  reserve(intent: Uncounted): Promise<Reservation>;
  /**
   * Takes the payment one step on; giving back its reservation when it is abandoned. Once it has a block, only with that
   * very block, or when `lost` is it.
   *
   * @throws Fault `fault_paymentOver` for a step that is none, or for another block
   */
  advance(id: PaymentId, progress: Progress, lost?: BlockHash): Promise<AnyPayment>;
  /**
   * Takes an approved payment to `signed` and writes its block as the account's newest: both or neither. The last look
   * before money moves: a block that pays something else than was approved, or too late, is refused (invariant 3).
   */
  sign(id: PaymentId, own: OwnBlock): Promise<AnyPayment>;
  /**
   * Takes a payment whose block is lost to it back to `signed` with another one, and writes that as the account's newest:
   * both or neither. The reservation stays as it is, the lost block is kept on record. As at `sign`, a block that pays
   * something else than was approved, or too late, is refused.
   *
   * @throws Fault `fault_paymentOver` where its block is not `lost` any more, or for a copy (see `Payment.isCopy`)
   */
  signInstead(id: PaymentId, lost: BlockHash, own: OwnBlock, how: Lost): Promise<AnyPayment>;
  /**
   * Takes a payment whose block has lost its place back to one of its `replaced` ones, which is on the ledger after all.
   *
   * @throws Fault `fault_paymentOver` where its block is not `lost` any more, or the other was never its own
   */
  reinstate(id: PaymentId, lost: BlockHash, own: OwnBlock): Promise<AnyPayment>;
  /**
   * Takes a payment whose block was handed over to `revoked`, gives back its reservation, and writes the block that
   * stands in its place as the account's newest: all or nothing.
   */
  revoke(id: PaymentId, instead: OwnBlock): Promise<AnyPayment>;
  find(id: PaymentId): Promise<AnyPayment | null>;
  /** Payments that the purse itself must carry on. */
  underway(): Promise<readonly AnyPayment[]>;
  /** The payment that was made for this challenge, if any; rather one that stands than one that was given up. */
  forChallenge(challengeId: string): Promise<Payment | undefined>;
  /** All that it knows of the request of a challenge, as of one instant. */
  recall(challenge: Pick<Challenge, 'id' | 'method' | 'url'>, network: string): Promise<Memory>;
}

/** What the journal knows of a request. */
export interface Memory {
  /** See `Journal.forChallenge`. */
  readonly ofChallenge: Payment | undefined;
  /** The payments for this very request that have a block and did not get what they paid for, oldest first. */
  readonly undelivered: readonly Payment[];
  /** What its resource cost when it was last delivered, without a tag (raw). */
  readonly lastPrice: Raw | null;
  /** When this very request was last paid for and delivered, within `JUST_PAID` (ms since the epoch); else null. */
  readonly paidAt: number | null;
}

/**
 * The payment with this id.
 *
 * @throws Fault `fault_unknownPayment`
 */
export async function findPayment(journal: Pick<Journal, 'find'>, id: PaymentId): Promise<AnyPayment> {
  const payment = await journal.find(id);
  if (payment === null) throw new Fault('fault_unknownPayment');
  return payment;
}
