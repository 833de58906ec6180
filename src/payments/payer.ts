import { Fault, faultOf } from '../fault.ts';
import type { Challenge, Delivery } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import { readAnswer } from '../protocol/answer.ts';
import type { Message } from '../protocol/mechanism.ts';
import { makeProof } from '../protocol/proof.ts';
import type { Journal } from './journal.ts';
import type { Landing } from './landing.ts';
import { SIGNING_MARGIN } from './last-look.ts';
import {
  type Intent,
  isUnderway,
  type Payment,
  type PaymentId,
  type PaymentState,
  type Progress,
} from './payment.ts';
import type { Purse } from './purse.ts';

type Of<State extends PaymentState> = Extract<Progress, { readonly state: State }>;

export interface PayerPorts {
  readonly journal: Journal;
  /**
   * The open purse, if it is of this network and account; rejects with Fault `fault_locked`, or with
   * `fault_unknownNetwork` while another one is in use.
   */
  readonly purse: (
    network: string,
    account: NanoAddress,
  ) => Promise<Pick<Purse, 'chain' | 'confirmed' | 'sign'>>;
  /** Lets the challenge's own request go again, once, with the proof. */
  readonly deliver: (challenge: Challenge, proof: string) => Promise<Delivery>;
  readonly now: () => number;
}

/** The longest a timer can wait (ms): a longer one would go off at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Walks one payment from approval to receipt. Every step is on disk before its effect leaves the purse, so the walk
 * can begin anywhere: an interrupted payment goes on from what the journal and the ledger say.
 */
export class Payer {
  readonly #ports: PayerPorts;
  /** One walk per payment: whoever asks for a payment that is on its way joins it. */
  readonly #walks = new Map<PaymentId, Promise<Payment>>();

  constructor(ports: PayerPorts) {
    this.#ports = ports;
  }

  /**
   * Takes the payment as far as its proof. Resolves with it beyond that, or `abandoned`.
   *
   * @throws Fault when it cannot go on now (no node, locked, not confirmed): it stays as it is and is resumed later.
   */
  pay(id: PaymentId): Promise<Payment> {
    const running = this.#walks.get(id);
    if (running !== undefined) return running;
    const walk = this.#walk(id).finally(() => this.#walks.delete(id));
    this.#walks.set(id, walk);
    return walk;
  }

  /**
   * Delivers the kept proof of a payment to a challenge, and writes down what the server made of it.
   *
   * @throws Fault `fault_paymentOver` when the payment has no proof, or has already bought what it was for.
   */
  async deliver(payment: Payment, challenge: Challenge): Promise<Payment> {
    const { journal } = this.#ports;
    const { id } = payment.intent;
    if (!('proof' in payment.progress)) throw new Fault('fault_paymentOver');
    const { block, hash, proof } = payment.progress;
    // A payment that a killed worker left as `delivered` has no known answer: it is simply delivered again.
    if (payment.progress.state !== 'delivered') {
      await journal.advance(id, { state: 'delivered', block, hash, proof });
    }
    const delivery = await this.#ports.deliver(challenge, proof);
    return journal.advance(id, { ...outcome(delivery), block, hash, proof });
  }

  async #walk(id: PaymentId): Promise<Payment> {
    let payment = await this.#now(id);
    while (isUnderway(payment.progress.state)) payment = await this.#step(payment);
    return payment;
  }

  async #step({ intent, progress }: Payment): Promise<Payment> {
    const { journal } = this.#ports;
    switch (progress.state) {
      case 'approved':
        return this.#sign(intent);
      case 'signed':
        return this.#publish(intent, progress);
      case 'published':
        return this.#confirm(intent, progress);
      case 'confirmed': {
        const { block, hash } = progress;
        const { account, offer } = intent;
        const sign = async (message: Message) => (await this.#purse(intent)).sign(message);
        const proof = await makeProof(offer, { hash, account, sign });
        return journal.advance(intent.id, { state: 'proven', block, hash, proof });
      }
      default:
        throw new Fault('fault_paymentOver');
    }
  }

  /** Signs the block of an approved payment; when that fails before anything was signed, nothing is owed. */
  async #sign(intent: Intent): Promise<Payment> {
    const { journal } = this.#ports;
    const { id, offer, amount } = intent;
    // A search for work that takes longer than the offer lives would keep the page and the chain waiting for nothing.
    const left = offer.expiresAt - SIGNING_MARGIN - this.#ports.now();
    const tooLate = AbortSignal.timeout(Math.min(Math.max(left, 0), LONGEST_TIMER));
    try {
      const { chain } = await this.#purse(intent);
      await chain.send({ to: offer.payTo, amount }, (own) => journal.sign(id, own), tooLate);
    } catch (failure) {
      const payment = await this.#now(id);
      if (payment.progress.state !== 'approved') throw failure;
      const { key, args } = failure === tooLate.reason ? new Fault('fault_offerExpired') : faultOf(failure);
      return journal.advance(id, { state: 'abandoned', fault: key, args });
    }
    return this.#now(id);
  }

  async #publish(intent: Intent, signed: Of<'signed'>): Promise<Payment> {
    const { block, hash } = signed;
    switch (await this.#land(intent, signed)) {
      case 'pending':
        throw new Fault('fault_blockWaits');
      case 'replaced':
        return this.#giveUp(intent);
      case 'landed':
        return this.#ports.journal.advance(intent.id, { state: 'published', block, hash });
    }
  }

  async #confirm(intent: Intent, published: Of<'published'>): Promise<Payment> {
    const { block, hash } = published;
    try {
      await (await this.#purse(intent)).confirmed(hash);
    } catch (failure) {
      if (!(failure instanceof Fault) || failure.key !== 'fault_notConfirmed') throw failure;
      // Patience is over. The block may have been dropped, or another one confirmed in its place.
      if ((await this.#land(intent, published)) === 'replaced') return this.#giveUp(intent);
      throw failure;
    }
    return this.#ports.journal.advance(intent.id, { state: 'confirmed', block, hash });
  }

  async #land(intent: Intent, { block, hash }: Of<'signed' | 'published'>): Promise<Landing> {
    const { network, account, amount } = intent;
    const { chain } = await this.#purse(intent);
    return chain.land({ network: network.id, account, hash, subtype: 'send', block, moved: amount });
  }

  #giveUp({ id }: Intent): Promise<Payment> {
    return this.#ports.journal.advance(id, { state: 'abandoned', fault: 'fault_blockForked', args: [] });
  }

  #purse({ network, account }: Intent) {
    return this.#ports.purse(network.id, account);
  }

  async #now(id: PaymentId): Promise<Payment> {
    const payment = await this.#ports.journal.find(id);
    if (payment === null) throw new Fault('fault_unknownPayment');
    return payment;
  }
}

/** What a delivery says of the payment: it is settled, refused, or nobody knows. */
function outcome(
  delivery: Delivery,
):
  | { readonly state: 'settled'; readonly status: number }
  | { readonly state: 'refused'; readonly status: number; readonly final: boolean; readonly said: string }
  | { readonly state: 'unanswered'; readonly reason: 'gone' | 'network' | 'timeout' } {
  if (delivery.kind === 'unanswered') return { state: 'unanswered', reason: delivery.reason };
  const { status } = delivery;
  const answer = readAnswer(delivery);
  switch (answer.kind) {
    case 'paid':
      return { state: 'settled', status };
    case 'refused':
      return { state: 'refused', status, final: answer.final, said: answer.text };
    case 'unclear':
      return { state: 'unanswered', reason: 'network' };
  }
}
