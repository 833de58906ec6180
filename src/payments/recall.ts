import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { PaymentId } from '../payment-id.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { AccountWallet } from '../wallet/account-wallet.ts';
import type { ChainStore } from '../wallet/chain-store.ts';
import type { HandedOverBlock, OwnBlock } from '../wallet/own-block.ts';
import { DELIVERY_GRACE } from './delivery.ts';
import { findPayment, type Journal } from './journal.ts';
import type { AnyPayment } from './private-record.ts';

export interface RecallPorts {
  readonly journal: Journal;
  readonly chains: ChainStore;
  /** As `PayerPorts.purse`. */
  readonly wallet: (
    network: string,
    account: NanoAddress,
  ) => Promise<Pick<AccountWallet, 'chain' | 'confirmed' | 'look'>>;
  readonly now: () => number;
}

/**
 * Makes signed blocks worthless that were handed over and not cashed, or held back because they were too late: another
 * block takes their place on the frontier, and the money counts as spent until the network has confirmed it there
 * (docs/WIRE.md §7.16).
 */
export class Recall {
  readonly #ports: RecallPorts;
  readonly #running = new Map<PaymentId, Promise<AnyPayment>>();

  constructor(ports: RecallPorts) {
    this.#ports = ports;
  }

  /**
   * Revokes the signed block of a payment. Resolves with the payment `revoked`; as it was, when the site has cashed
   * the block. Safe to repeat: what an earlier life of the worker began goes on.
   *
   * @throws Fault `fault_unknownPayment`; `fault_paymentOver` for a payment that handed nothing over; `fault_revokeWaits`
   * when it is signed and not confirmed yet; `fault_locked`, `fault_unknownNetwork`, and those of NodeClient
   */
  recall(id: PaymentId): Promise<AnyPayment> {
    const running = this.#running.get(id);
    if (running !== undefined) return running;
    const walk = this.#recall(id).finally(() => this.#running.delete(id));
    this.#running.set(id, walk);
    return walk;
  }

  /** Goes on with what was begun, and revokes what nobody cashed although its offer is over. */
  async maintain(): Promise<void> {
    const { chains } = this.#ports;
    await Promise.all(
      (await chains.handedOver()).map((cheque) => this.#maintainOne(cheque).catch(whenNotNow)),
    );
  }

  async #maintainOne({ network, account, cheque }: HandedOverBlock): Promise<void> {
    const { journal, chains, now } = this.#ports;
    const payment = await findPayment(journal, cheque.payment);
    const begun = (await chains.newest(network, account))?.revokes !== undefined;
    const { offer } = payment.intent;
    const isLate = !isHandOver(offer) || now() >= offer.expiresAt + DELIVERY_GRACE;
    if (begun || isLate) await this.recall(cheque.payment);
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
    const instead = await wallet.chain.replaceHandedOver(progress.hash);
    const cheque = instead?.revokes;
    // Nothing to revoke: the block is on the ledger.
    if (instead === null || cheque === undefined) return payment;
    const stands = await this.#whichStands(wallet, instead, cheque);
    if (stands === 'cheque') await chains.publishedByPayee(cheque);
    const after = stands === 'cheque' ? payment : await journal.revoke(id, instead);
    await wallet.look();
    return after;
  }

  /** Publishes the block that is to take the cheque's place, and waits until the network has chosen one of the two. */
  async #whichStands(
    wallet: Pick<AccountWallet, 'chain' | 'confirmed'>,
    instead: OwnBlock,
    cheque: HandedOverBlock,
  ): Promise<'instead' | 'cheque'> {
    if ((await wallet.chain.publish(instead)) !== 'replaced') {
      const first = await this.#firstConfirmed(wallet, instead, cheque);
      if (first !== null) return first;
      // Patience is over: a third block, of another wallet, may have taken the place of both.
      if ((await wallet.chain.publish(instead)) !== 'replaced') throw new Fault('fault_revokeWaits');
    }
    const rival = await wallet.chain.replacementOf(instead);
    if (rival === null) throw new Fault('fault_revokeWaits');
    return rival === cheque.hash ? 'cheque' : 'instead';
  }

  async #firstConfirmed(
    wallet: Pick<AccountWallet, 'confirmed'>,
    instead: OwnBlock,
    cheque: HandedOverBlock,
  ): Promise<'instead' | 'cheque' | null> {
    const over = new AbortController();
    try {
      return await Promise.race([
        wallet.confirmed(instead.hash, over.signal).then(() => 'instead' as const),
        wallet.confirmed(cheque.hash, over.signal).then(() => 'cheque' as const),
      ]);
    } catch (failure) {
      if (failure instanceof Fault && failure.key === 'fault_notConfirmed') return null;
      throw failure;
    } finally {
      over.abort();
    }
  }
}

/** Locked, without a node, or of another network, a cheque stays out: the next occasion comes back to it. */
function whenNotNow(failure: unknown): void {
  if (!(failure instanceof Fault)) console.error(failure);
}
