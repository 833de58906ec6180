import { Fault } from '../fault.ts';
import type { Challenge, Delivery } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash } from '../nano/block.ts';
import { readAnswer } from '../protocol/answer.ts';
import { makeProof } from '../protocol/proof.ts';
import type { Chain } from './chain.ts';
import type { Journal } from './journal.ts';
import { type Intent, isUnderway, type Payment, type PaymentId } from './payment.ts';

export interface PayerPorts {
  readonly journal: Journal;
  /** The chain of an account; rejects with Fault `fault_unknownNetwork` while another network is in use. */
  readonly chain: (network: string, account: NanoAddress) => Promise<Chain>;
  /** Resolves once the network has confirmed the block; rejects with Fault `fault_notConfirmed` when patience ends. */
  readonly confirmed: (hash: BlockHash, account: NanoAddress) => Promise<void>;
  /** Lets the challenge's own request go again, once, with the proof. */
  readonly deliver: (challenge: Challenge, proof: string) => Promise<Delivery>;
  /** Signs, with the account's key, the text that a mechanism binds to the payment. */
  readonly signText: (account: NanoAddress, text: string) => Promise<string>;
}

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
  pay(payment: Payment): Promise<Payment> {
    const { id } = payment.intent;
    const running = this.#walks.get(id);
    if (running !== undefined) return running;
    const walk = this.#walk(payment).finally(() => this.#walks.delete(id));
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

  async #walk(start: Payment): Promise<Payment> {
    let payment = start;
    while (isUnderway(payment.progress.state)) payment = await this.#step(payment);
    return payment;
  }

  async #step({ intent, progress }: Payment): Promise<Payment> {
    const { journal, chain, confirmed, signText } = this.#ports;
    const { id, network, account, offer, amount } = intent;
    switch (progress.state) {
      case 'approved':
        return this.#sign(intent);
      case 'signed': {
        const { block, hash } = progress;
        const own = { network: network.id, account, hash, subtype: 'send', block, moved: amount } as const;
        const landing = await (await chain(network.id, account)).land(own);
        if (landing === 'pending') throw new Fault('fault_nodeUnreachable');
        return journal.advance(
          id,
          landing === 'landed'
            ? { state: 'published', block, hash }
            : { state: 'abandoned', fault: 'fault_blockForked', args: [] },
        );
      }
      case 'published': {
        const { block, hash } = progress;
        await confirmed(hash, account);
        return journal.advance(id, { state: 'confirmed', block, hash });
      }
      case 'confirmed': {
        const { block, hash } = progress;
        const proof = await makeProof(offer, { hash, account, sign: (text) => signText(account, text) });
        return journal.advance(id, { state: 'proven', block, hash, proof });
      }
      default:
        throw new Fault('fault_paymentOver');
    }
  }

  /** Signs the block of an approved payment; when that fails before anything was signed, nothing is owed. */
  async #sign({ id, network, account, offer, amount }: Intent): Promise<Payment> {
    const { journal, chain } = this.#ports;
    try {
      const order = { to: offer.payTo, amount };
      await (await chain(network.id, account)).send(order, (own) => journal.sign(id, own));
    } catch (failure) {
      const payment = await this.#now(id);
      if (payment.progress.state !== 'approved') throw failure;
      const { key, args } = failure instanceof Fault ? failure : new Fault('fault_unexpected');
      return journal.advance(id, { state: 'abandoned', fault: key, args });
    }
    return this.#now(id);
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
