import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { PaymentId } from '../payment-id.ts';
import { PUBLISHING_MARGIN } from '../policy/expiry-margins.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { Message } from '../protocol/mechanisms/mechanism.ts';
import type { HandOverOffer } from '../protocol/offer/offer.ts';
import { makeProof } from '../protocol/proof/proof.ts';
import type { AccountWallet } from '../wallet/account-wallet.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import type { Publication } from '../wallet/publication.ts';
import { findPayment } from './journal.ts';
import type { Payment, ProgressAt } from './payment.ts';
import { type Demand, PaymentSigner, type PaymentSignerPorts } from './payment-signer.ts';
import {
  type AnyIntent,
  type AnyPayment,
  goesOn,
  isWhole,
  type PrivateRecord,
  wholeOf,
} from './private-record.ts';
import { ProofDelivery, type ProofDeliveryPorts } from './proof-delivery.ts';

export interface PaymentRunnerPorts extends PaymentSignerPorts, ProofDeliveryPorts {
  /** As in `PaymentSignerPorts`. */
  readonly wallet: (
    network: string,
    account: NanoAddress,
  ) => Promise<Pick<AccountWallet, 'blockStatus' | 'chain' | 'decided' | 'sign'>>;
  /** Takes back the block of a payment that came too late; resolves with the payment as the ledger left it (see `Recall`). */
  readonly recall: (id: PaymentId) => Promise<AnyPayment>;
}

/**
 * Runs a payment from approval to receipt. Every step is on disk before its effect leaves the wallet, so that a run can
 * begin at any state: an interrupted payment goes on from what the journal and the ledger say.
 */
export class PaymentRunner {
  readonly #ports: PaymentRunnerPorts;
  readonly #signer: PaymentSigner;
  readonly #proofDelivery: ProofDelivery;
  /** One run per payment: a second caller joins the run that is under way. */
  readonly #runs = new Map<PaymentId, Promise<AnyPayment>>();

  constructor(ports: PaymentRunnerPorts) {
    this.#ports = ports;
    this.#signer = new PaymentSigner(ports);
    this.#proofDelivery = new ProofDelivery(ports);
  }

  /**
   * Runs a payment until it has its proof. Resolves with the payment `proven`, in a later state, or `abandoned`.
   *
   * @param demand where no request waits any more before the block is signed, the payment is abandoned.
   * @throws Fault when it cannot go on now (no node, locked, not confirmed): it stays as it is and is resumed later;
   * `fault_privateForgotten` where there can be no proof any more
   */
  async run(id: PaymentId, demand?: Demand): Promise<Payment> {
    return wholeOf(await this.resume(id, demand));
  }

  /**
   * Runs a payment as far as it goes: until it has its proof or, where the browser has ended since a private window paid,
   * until its block is confirmed or taken back.
   *
   * @throws Fault as `run`
   */
  resume(id: PaymentId, demand?: Demand): Promise<AnyPayment> {
    const running = this.#runs.get(id);
    if (running !== undefined) return running;
    const run = this.#runToEnd(id, demand).finally(() => this.#runs.delete(id));
    this.#runs.set(id, run);
    return run;
  }

  /** Delivers the kept proof of a payment to a challenge. @throws Fault as `ProofDelivery.deliver` */
  deliver(payment: Payment, challenge: Challenge): Promise<Payment> {
    return this.#proofDelivery.deliver(payment, challenge);
  }

  /** Presents the proof of a settled payment once more. @throws Fault as `ProofDelivery.presentAgain` */
  presentAgain(payment: Payment, challenge: Challenge): Promise<void> {
    return this.#proofDelivery.presentAgain(payment, challenge);
  }

  async #runToEnd(id: PaymentId, demand?: Demand): Promise<AnyPayment> {
    let payment = await findPayment(this.#ports.journal, id);
    const { intent, progress } = payment;
    if (progress.state === 'published' && (await this.#isReplaced(intent, progress))) {
      payment = await this.#signer.signAgain(payment, progress, 'replaced', demand);
    }
    while (goesOn(payment)) payment = await this.#advance(payment, demand);
    return payment;
  }

  /**
   * Whether the block of an earlier run has lost its place to another one since: its confirmation would never come.
   */
  async #isReplaced(intent: AnyIntent, published: ProgressAt<'published'>): Promise<boolean> {
    try {
      return (await this.#publication(intent, published)) === 'replaced';
    } catch (failure) {
      // A node that fails now is asked again while the confirmation is waited for.
      if (failure instanceof Fault) return false;
      throw failure;
    }
  }

  #advance(payment: AnyPayment, demand?: Demand): Promise<AnyPayment> {
    return isWhole(payment) ? this.#advanceWhole(payment, demand) : this.#advanceRecord(payment);
  }

  async #advanceWhole(payment: Payment, demand?: Demand): Promise<AnyPayment> {
    const { intent, progress } = payment;
    switch (progress.state) {
      case 'approved':
        return this.#signer.sign(intent, demand);
      case 'signed':
        return isHandOver(intent.offer)
          ? this.#proveHandedOver(intent.id, intent.offer, progress)
          : this.#publish(payment, progress, demand);
      case 'published':
        return this.#confirm(payment, progress, demand);
      case 'confirmed':
        return this.#prove(payment, progress);
      default:
        throw new Fault('fault_paymentOver');
    }
  }

  /**
   * Advances a payment whose private part is gone: it can never be proven. Money that no network knows of is given back,
   * the rest is only followed to the ledger.
   */
  async #advanceRecord(payment: PrivateRecord): Promise<AnyPayment> {
    const { journal, recall } = this.#ports;
    const {
      intent: { id, offer },
      progress,
    } = payment;
    switch (progress.state) {
      case 'approved':
        return journal.advance(id, { state: 'abandoned', fault: 'fault_interrupted', args: [] });
      case 'signed':
        return isHandOver(offer) ? recall(id) : this.#publish(payment, progress);
      case 'published':
        return this.#confirm(payment, progress);
      default:
        throw new Fault('fault_paymentOver');
    }
  }

  /**
   * Publishes the block. When it is too late for the offer, the block is recalled instead, unless a node has it already.
   * A block that was withheld once stays so, even where the clock was set back meanwhile.
   */
  async #publish(payment: AnyPayment, signed: ProgressAt<'signed'>, demand?: Demand): Promise<AnyPayment> {
    const { intent } = payment;
    const { block, hash } = signed;
    const { chain } = await this.#wallet(intent);
    const isLate = this.#ports.offerClock.ofIntent(intent) >= intent.offer.expiresAt - PUBLISHING_MARGIN;
    if (await (isLate ? chain.withhold(hash) : chain.isWithheld(hash))) {
      return this.#ports.recall(intent.id);
    }
    const publication = await chain.publishPayment(ownBlockOf(intent, signed));
    switch (publication) {
      case 'pending':
        throw new Fault('fault_blockWaits');
      case 'replaced':
      case 'claimed':
        return this.#signer.signAgain(payment, signed, publication, demand);
      case 'onLedger':
        return this.#ports.journal.advance(intent.id, { state: 'published', block, hash });
    }
  }

  /** Waits until the network has confirmed the block, or another one in its place. */
  async #confirm(
    payment: AnyPayment,
    published: ProgressAt<'published'>,
    demand?: Demand,
  ): Promise<AnyPayment> {
    const { intent, story } = payment;
    const { block, hash } = published;
    const wallet = await this.#wallet(intent);
    const decided = await wallet
      .decided(ownBlockOf(intent, published), story.at(-1)?.at)
      .catch(async (failure) => {
        if (!(failure instanceof Fault) || failure.key !== 'fault_notConfirmed') throw failure;
        // The waiting time is over. Nodes may have dropped the block: it is published again for the next run.
        if ((await this.#publication(intent, published)) !== 'replaced') throw failure;
        return 'replaced';
      });
    if (decided === 'replaced') return this.#signer.signAgain(payment, published, decided, demand);
    return this.#ports.journal.advance(intent.id, { state: 'confirmed', block, hash });
  }

  /** Makes the proof of a payment whose block is confirmed. */
  async #prove({ intent }: Payment, { block, hash }: ProgressAt<'confirmed'>): Promise<AnyPayment> {
    const { id, account, offer } = intent;
    const sign = async (message: Message) => (await this.#wallet(intent)).sign(message);
    const proof = await makeProof(offer, { hash, account, sign });
    return this.#ports.journal.advance(id, { state: 'proven', block, hash, proof });
  }

  /** Makes the proof of a block that is handed over: the block itself, which is neither published nor confirmed here. */
  async #proveHandedOver(
    id: PaymentId,
    offer: HandOverOffer,
    { block, hash }: ProgressAt<'signed'>,
  ): Promise<AnyPayment> {
    const proof = await makeProof(offer, { block });
    return this.#ports.journal.advance(id, { state: 'proven', block, hash, proof });
  }

  async #publication(intent: AnyIntent, progress: ProgressAt<'signed' | 'published'>): Promise<Publication> {
    const { chain } = await this.#wallet(intent);
    return chain.publish(ownBlockOf(intent, progress));
  }

  #wallet({ network, account }: AnyIntent) {
    return this.#ports.wallet(network.id, account);
  }
}

/** The block of a payment in the form that its account chain takes. */
function ownBlockOf(
  { network, account, amount }: AnyIntent,
  { block, hash }: ProgressAt<'signed' | 'published'>,
): OwnBlock {
  return { network: network.id, account, hash, subtype: 'send', block, delta: amount };
}
