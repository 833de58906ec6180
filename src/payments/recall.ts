import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { PaymentId } from '../payment-id.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { AccountWallet } from '../wallet/account-wallet.ts';
import type { ChainStore } from '../wallet/chain-store.ts';
import type { HandedOverBlock, OwnBlock } from '../wallet/own-block.ts';
import { findPayment, type Journal } from './journal.ts';
import type { AnyPayment } from './private-record.ts';
import { recallAt } from './redelivery-schedule.ts';

export interface RecallPorts {
  readonly journal: Journal;
  readonly chains: ChainStore;
  /** As in `PaymentRunnerPorts`. */
  readonly wallet: (
    network: string,
    account: NanoAddress,
  ) => Promise<Pick<AccountWallet, 'chain' | 'confirmed' | 'look'>>;
  readonly now: () => number;
}

/**
 * Takes back signed blocks that were handed over and not published by their payee, or withheld because they were too late.
 * A replacement block takes their place; the money counts as spent until the network has confirmed the replacement
 * (docs/WIRE.md §7.16).
 */
export class Recall {
  readonly #ports: RecallPorts;
  readonly #running = new Map<PaymentId, Promise<AnyPayment>>();

  constructor(ports: RecallPorts) {
    this.#ports = ports;
  }

  /**
   * Takes back the signed block of a payment. Resolves with the payment `revoked`; or unchanged, where the payee has
   * published the block. Safe to repeat: a recall that a killed worker began goes on.
   *
   * @throws Fault `fault_unknownPayment`; `fault_paymentOver` for a payment that handed nothing over; `fault_revokeWaits`
   * while the replacement is signed and not confirmed; `fault_locked`, `fault_unknownNetwork`, and those of NodeClient
   */
  recall(id: PaymentId): Promise<AnyPayment> {
    const running = this.#running.get(id);
    if (running !== undefined) return running;
    const recall = this.#recall(id).finally(() => this.#running.delete(id));
    this.#running.set(id, recall);
    return recall;
  }

  /**
   * Takes back the signed block of a payment that was refused, where own nodes show that it is void: another block is
   * confirmed in its place. Resolves with the payment as it is elsewhere: no server's word is enough (docs/WIRE.md §11.3).
   *
   * @throws Fault as `recall`
   */
  async recallIfVoid(id: PaymentId): Promise<AnyPayment> {
    const { journal, chains } = this.#ports;
    const block = (await chains.handedOver()).find(({ handedOver }) => handedOver.payment === id);
    return block !== undefined && (await this.#isVoid(block)) ? this.recall(id) : findPayment(journal, id);
  }

  /**
   * Goes on with recalls that were begun, and recalls unpublished blocks that are void or whose time is over (see
   * `recallAt`).
   */
  async maintain(): Promise<void> {
    const { chains } = this.#ports;
    await Promise.all(
      (await chains.handedOver()).map((block) => this.#maintainOne(block).catch(logUnlessFault)),
    );
  }

  async #maintainOne(block: HandedOverBlock): Promise<void> {
    const { journal, chains, now } = this.#ports;
    const { network, account } = block;
    const { payment: id } = block.handedOver;
    const payment = await findPayment(journal, id);
    const isBegun = (await chains.newest(network, account))?.replaces !== undefined;
    const { intent, progress } = payment;
    const isLate = !isHandOver(intent.offer) || now() >= recallAt(payment);
    const isDue = isBegun || isLate || (progress.state === 'refused' && (await this.#isVoid(block)));
    if (isDue) await this.recall(id);
  }

  async #isVoid(block: HandedOverBlock): Promise<boolean> {
    const { chain } = await this.#ports.wallet(block.network, block.account);
    return chain.isReplaced(block);
  }

  async #recall(id: PaymentId): Promise<AnyPayment> {
    const { journal, chains } = this.#ports;
    const payment = await findPayment(journal, id);
    const { intent, progress } = payment;
    if (!('hash' in progress)) throw new Fault('fault_paymentOver');
    if (progress.state === 'revoked') return payment;
    const isOut = (await chains.handedOver()).some(({ hash }) => hash === progress.hash);
    if (!isOut && !isHandOver(intent.offer)) throw new Fault('fault_paymentOver');

    const wallet = await this.#ports.wallet(intent.network.id, intent.account);
    const replacement = await wallet.chain.replaceHandedOver(progress.hash);
    const handedOver = replacement?.replaces;
    // There is nothing to take back where the block is on the ledger.
    if (replacement === null || handedOver === undefined) return payment;
    const winner = await this.#whichWins(wallet, replacement, handedOver);
    if (winner === 'handedOver') await chains.publishedByPayee(handedOver);
    const after = winner === 'handedOver' ? payment : await journal.takeBack(id, replacement);
    await wallet.look();
    return after;
  }

  /** Publishes the replacement block, and waits until the network has confirmed one of the two. */
  async #whichWins(
    wallet: Pick<AccountWallet, 'chain' | 'confirmed'>,
    replacement: OwnBlock,
    handedOver: HandedOverBlock,
  ): Promise<'replacement' | 'handedOver'> {
    if ((await wallet.chain.publish(replacement)) !== 'replaced') {
      const first = await this.#firstConfirmed(wallet, replacement, handedOver);
      if (first !== null) return first;
      // The waiting time is over: a third block, of another wallet, may have taken the place of both.
      if ((await wallet.chain.publish(replacement)) !== 'replaced') throw new Fault('fault_revokeWaits');
    }
    const confirmed = await wallet.chain.replacementOf(replacement);
    if (confirmed === null) throw new Fault('fault_revokeWaits');
    return confirmed === handedOver.hash ? 'handedOver' : 'replacement';
  }

  async #firstConfirmed(
    wallet: Pick<AccountWallet, 'confirmed'>,
    replacement: OwnBlock,
    handedOver: HandedOverBlock,
  ): Promise<'replacement' | 'handedOver' | null> {
    const over = new AbortController();
    try {
      return await Promise.race([
        wallet.confirmed(replacement.hash, over.signal).then(() => 'replacement' as const),
        wallet.confirmed(handedOver.hash, over.signal).then(() => 'handedOver' as const),
      ]);
    } catch (failure) {
      if (failure instanceof Fault && failure.key === 'fault_notConfirmed') return null;
      throw failure;
    } finally {
      over.abort();
    }
  }
}

/** A fault (locked, no node, another network) leaves a block as it is, for the next maintenance; anything else is a bug. */
function logUnlessFault(failure: unknown): void {
  if (!(failure instanceof Fault)) console.error(failure);
}
