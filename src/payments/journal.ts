import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import type { Intent, Payment, Progress } from './payment.ts';
import type { AnyPayment } from './private-record.ts';

/** The result of a reservation. */
export type Reservation =
  | { readonly kind: 'reserved'; readonly payment: Payment }
  /** The same session, nonce or challenge was approved before: that payment goes on, and no second one begins. */
  | { readonly kind: 'known'; readonly payment: AnyPayment }
  /** The budget does not allow the payment any more: other payments used it up, or it was changed since the decision. */
  | { readonly kind: 'over' };

/** How a payment lost its block: see `Payment.replaced` and `Payment.claimed`. */
export type Lost = 'replaced' | 'claimed';

/** An intent before its reservation. Only the journal determines the windows in which it counts. */
export type Uncounted = Omit<Intent, 'windows'>;

/**
 * The records of all payments. Each method is one transaction: it is on disk when its promise resolves, or has no effect.
 * Of a payment from a private window the disk has a `PrivateRecord` only; until the browser ends the journal returns the
 * payment whole.
 */
export interface Journal {
  /**
   * Checks the budget again, debits every window that the intent's time falls into, and writes the payment as `approved`
   * (invariants 1 and 2).
   */
  reserve(intent: Uncounted): Promise<Reservation>;
  /**
   * Writes the next state of a payment. An abandoned payment gives back its reservation. A payment with a block accepts
   * only a progress with the same block, or `lost` equal to it.
   *
   * @throws Fault `fault_paymentOver` where the step is not allowed, or the payment has another block by now
   */
  advance(id: PaymentId, progress: Progress, lost?: BlockHash): Promise<AnyPayment>;
  /**
   * Writes an approved payment as `signed`, and its block as the account's newest: both or neither. It is the last check
   * before money moves: a block that differs from the approval, or is too late, is rejected (invariant 3).
   *
   * @throws Fault `fault_paymentOver` where the payment is not `approved`; as `assertMatchesApproval`
   */
  sign(id: PaymentId, own: OwnBlock): Promise<AnyPayment>;
  /**
   * Writes a payment that lost its block as `signed` with another block, and that block as the account's newest: both or
   * neither. The reservation stays, and the lost block stays on record.
   *
   * @throws Fault `fault_paymentOver` where its block is not `lost` any more, or for a copy (see `Payment.isCopy`); as
   * `assertMatchesApproval`
   */
  signInstead(id: PaymentId, lost: BlockHash, own: OwnBlock, how: Lost): Promise<AnyPayment>;
  /**
   * Writes a payment whose block has lost its place as `signed` with one of its `replaced` blocks, which is on the ledger
   * after all.
   *
   * @throws Fault `fault_paymentOver` where its block is not `lost` any more, or the other block was never its own
   */
  reinstate(id: PaymentId, lost: BlockHash, own: OwnBlock): Promise<AnyPayment>;
  /**
   * Writes a payment as `revoked`, gives back its reservation, and writes the block that stands in the place of its own as
   * the account's newest: all or nothing.
   *
   * @throws Fault `fault_paymentOver` where the payment has no block, or `instead` replaces another one
   */
  takeBack(id: PaymentId, instead: OwnBlock): Promise<AnyPayment>;
  /** The payment with this id; null where there is none. */
  find(id: PaymentId): Promise<AnyPayment | null>;
  /** The payments that the wallet goes on with by itself. */
  underway(): Promise<readonly AnyPayment[]>;
  /** The payment that was made for this challenge, if any; one that is debited takes precedence over an abandoned one. */
  forChallenge(challengeId: string): Promise<Payment | undefined>;
  /** What the journal knows of the request of a challenge, read in one transaction. */
  recall(challenge: Pick<Challenge, 'id' | 'method' | 'url'>, network: string): Promise<Memory>;
}

/** What the journal knows of a request. */
export interface Memory {
  /** See `Journal.forChallenge`. */
  readonly ofChallenge: Payment | undefined;
  /** The payments for this very request that have a block and were not delivered, oldest first. */
  readonly undelivered: readonly Payment[];
  /** The price of its resource when it was last delivered, without the tag (raw). */
  readonly lastPrice: Raw | null;
  /** When this very request was last paid for and delivered, within `JUST_PAID` (ms since the epoch); else null. */
  readonly paidAt: number | null;
  /** Whether its site has, or is about to get, a signed block that is not known to be on the ledger. */
  readonly isBlockOut: boolean;
  /** Whether its site was paid in an ordinary window and has not served yet (see `isOwed`). */
  readonly isOwed: boolean;
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
