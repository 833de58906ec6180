import { Fault, type FaultKey, faultOf } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { PUBLISHING_MARGIN, SIGNING_MARGIN } from '../policy/expiry-margins.ts';
import { harderWorkOf, isHandOver } from '../protocol/mechanisms/index.ts';
import type { AccountWallet } from '../wallet/account-wallet.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import { findPayment, type Journal, type Lost } from './journal.ts';
import { LONGEST_TIMER } from './longest-timer.ts';
import type { OfferClock } from './offer-clock.ts';
import type { Intent, ProgressAt } from './payment.ts';
import { type AnyPayment, isWhole, siteOnDisk } from './private-record.ts';

export interface PaymentSignerPorts {
  readonly journal: Journal;
  /**
   * The unlocked wallet of this network and account; rejects with Fault `fault_locked`, or with `fault_unknownNetwork`
   * while another network is in use.
   */
  readonly wallet: (network: string, account: NanoAddress) => Promise<Pick<AccountWallet, 'chain'>>;
  /** The time by which offers are judged. */
  readonly offerClock: Pick<OfferClock, 'ofIntent'>;
}

/** Whether a payment is still wanted. */
export interface Demand {
  /**
   * Called right before a block is signed: the last moment at which nothing is owed.
   *
   * @throws Fault `fault_withdrawn` where no request waits for the payment any more, `fault_cancelled` where its user cancelled it
   */
  beginSigning(): void;
  /** Ends the work that is done before that moment. */
  readonly signal: AbortSignal;
}

/** How many blocks are signed for a payment at most, one after the other, each in the place of one that was lost. */
const MOST_SIGNED = 9;
/** The faults after which a payment whose block is lost can never be signed again. */
const FINAL_FAULTS: ReadonlySet<FaultKey> = new Set<FaultKey>([
  'fault_offerExpired',
  'fault_withdrawn',
  'fault_insufficient',
]);

/** Signs the block of a payment: the first one, and the next one where the chain has lost it. */
export class PaymentSigner {
  readonly #ports: PaymentSignerPorts;

  constructor(ports: PaymentSignerPorts) {
    this.#ports = ports;
  }

  /**
   * Signs the block of an approved payment. Resolves with the payment `signed`; or `abandoned`, where signing failed
   * before anything was signed: then nothing is owed.
   *
   * @throws Fault as `AccountChain.send`, where the payment is past `approved`
   */
  async sign(intent: Intent, demand?: Demand): Promise<AnyPayment> {
    const { journal } = this.#ports;
    const { id, network, account, offer } = intent;
    const terms = this.#terms(intent, demand);
    let signed: AnyPayment | undefined;
    try {
      const { chain } = await this.#ports.wallet(network.id, account);
      const record = async (own: OwnBlock) => {
        demand?.beginSigning();
        signed = await journal.sign(id, own);
      };
      const { order, due, signal } = terms;
      const workThreshold = harderWorkOf(offer);
      await (isHandOver(offer)
        ? chain.handOver(order, { payment: id, site: siteOnDisk(intent) }, record, { workThreshold, signal })
        : chain.send(order, record, { due, signal }));
    } catch (failure) {
      const payment = await findPayment(journal, id);
      if (payment.progress.state !== 'approved') throw failure;
      const { key, args } = terms.faultOf(failure);
      return journal.advance(id, { state: 'abandoned', fault: key, args });
    }
    return signed ?? findPayment(journal, id);
  }

  /**
   * Signs another block for a payment that has lost its block, under the same consent. `replaced`: the new block stands on
   * top of the block that took the lost one's place, so that at most one block of the payment is confirmed; or the payment
   * goes on with an earlier block of its own that is on the ledger after all. `claimed`: the block on the ledger pays for
   * something else. A payment that no request waits for any more, or that is too late or too expensive by now, is
   * abandoned.
   *
   * @throws Fault as `AccountChain.sendInstead`, where the payment may still be signed later; `fault_blockWaits`
   */
  async signAgain(
    payment: AnyPayment,
    { hash }: ProgressAt<'signed' | 'published'>,
    how: Lost,
    demand?: Demand,
  ): Promise<AnyPayment> {
    const { journal } = this.#ports;
    const { id, network, account } = payment.intent;
    const times = payment.story.filter(({ state }) => state === 'signed').length;
    if (!isWhole(payment) || payment.isCopy || times >= MOST_SIGNED) {
      return journal.advance(id, { state: 'abandoned', fault: 'fault_blockForked', args: [] }, hash);
    }
    const earlier = [...(payment.replaced ?? []), ...(how === 'replaced' ? [hash] : [])];
    const terms = this.#terms(payment.intent, demand);
    let signed: AnyPayment | undefined;
    try {
      const { chain } = await this.#ports.wallet(network.id, account);
      const record = async (own: OwnBlock) => {
        demand?.beginSigning();
        signed = await journal.signInstead(id, hash, own, how);
      };
      const { order, due, signal } = terms;
      const sent = await chain.sendInstead(order, earlier, record, { due, signal });
      if (sent.kind === 'stands') {
        // Nodes that report one block as lost and as present do not agree yet.
        if (sent.own.hash === hash) throw new Fault('fault_blockWaits');
        return await journal.reinstate(id, hash, sent.own);
      }
    } catch (failure) {
      const { key, args } = terms.faultOf(failure);
      if (signed !== undefined || !FINAL_FAULTS.has(key)) throw failure;
      return journal.advance(id, { state: 'abandoned', fault: key, args }, hash);
    }
    return signed ?? findPayment(journal, id);
  }

  /** The order, deadline and signal with which the block of a payment is signed, and the fault that a failure stands for. */
  #terms(intent: Intent, demand?: Demand) {
    const { id, offer, amount } = intent;
    // A search for work that outlives the offer would keep the page and the chain waiting for nothing.
    const left = offer.expiresAt - SIGNING_MARGIN - this.#ports.offerClock.ofIntent(intent);
    const tooLate = AbortSignal.timeout(Math.min(Math.max(left, 0), LONGEST_TIMER));
    return {
      order: { to: offer.payTo, amount },
      due: { payment: id, site: siteOnDisk(intent), by: offer.expiresAt - PUBLISHING_MARGIN },
      signal: demand === undefined ? tooLate : AbortSignal.any([tooLate, demand.signal]),
      faultOf: (failure: unknown) =>
        failure === tooLate.reason ? new Fault('fault_offerExpired') : faultOf(failure),
    };
  }
}
