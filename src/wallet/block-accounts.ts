import { SerialQueue } from '../concurrency.ts';
import { Fault } from '../fault.ts';
import { addRaw, formatXno, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import { handedOverOf, hasBalance, knowBalances } from './account-choice.ts';
import type { AccountLease, AccountLeases } from './account-leases.ts';
import type { AccountWallet } from './account-wallet.ts';
import { gather } from './gathering.ts';
import { handedOverFault } from './own-block.ts';
import type { Pocket } from './pocket.ts';

export interface BlockAccountsPorts {
  readonly main: AccountWallet;
  readonly pocket: Pocket;
  readonly leases: AccountLeases;
  /** Moves all idle money to the first account. */
  readonly gatherToMain: () => Promise<void>;
}

/**
 * Has signed blocks handed over by the accounts of the pocket that are there for it. A block that is out keeps its account
 * from doing anything else, so each of them has one out at most, and savings and the first account of the pocket none.
 */
export class BlockAccounts {
  readonly #ports: BlockAccountsPorts;
  /** One at a time: two payments must not fund the same account. */
  readonly #choosing = new SerialQueue();

  constructor(ports: BlockAccountsPorts) {
    this.#ports = ports;
  }

  /**
   * Leases the account to hand over a block of this amount (raw) from. Where none has enough, the pocket's money is moved to
   * one of them before, or that of the first account.
   *
   * @throws Fault as `gather`, while money is moved, and where no node tells what there is; `fault_chequeOut` where each of the
   * accounts has a block out, and `fault_accountsBusy` where the others are in payments
   */
  lease(amount: Raw): Promise<AccountLease> {
    const { pocket } = this.#ports;
    return this.#choosing.run(
      async () => (await pocket.lease({ amount, isHandOver: true })) ?? (await this.#fund(amount)),
    );
  }

  /** Moves what an amount (raw) lacks to an account that is in no payment and has no block out. */
  async #fund(amount: Raw): Promise<AccountLease> {
    const { main, pocket, leases, gatherToMain } = this.#ports;
    const accounts = pocket.handOverAccounts;
    await knowBalances([main]);
    const unknown = [main, ...accounts].find(({ balance }) => balance === null);
    // An account is not empty because no node tells: nothing is moved to make up for it.
    if (unknown !== undefined) throw unknown.failure ?? new Fault('fault_nodeUnreachable');
    const blocks = await Promise.all(accounts.map(handedOverOf));
    const free = accounts.filter((_, index) => blocks[index] === null);
    // What came to an account after its block was handed over could not be received.
    const target = free.find(({ account }) => leases.usageOf(account).count === 0);
    if (target === undefined) {
      const [out] = blocks.flatMap((block) => block ?? []);
      throw free.length > 0 || out === undefined ? new Fault('fault_accountsBusy') : handedOverFault(out);
    }
    const lease = leases.lease(target.account, amount);
    const lack = subtractRaw(amount, target.balance ?? ZERO);
    const missing = (): Raw => {
      // What other payments have leased is theirs.
      const needed = addRaw(lack, leases.usageOf(main.account).held);
      return hasBalance(main, needed) ? ZERO : subtractRaw(needed, main.balance ?? ZERO);
    };
    try {
      // Gathering leaves the target alone, since it is leased.
      if (missing() > ZERO) await gatherToMain();
      if (missing() > ZERO) throw new Fault('fault_insufficient', [formatXno(missing())]);
      await this.#give(target, lack);
      return lease;
    } catch (failure) {
      lease.done();
      throw failure;
    }
  }

  /** Moves an amount (raw) from the first account, on which no payment may count meanwhile. */
  async #give(target: AccountWallet, amount: Raw): Promise<void> {
    const { main, leases } = this.#ports;
    const given = leases.lease(main.account, amount);
    try {
      await gather(target, [{ from: main, amount }]);
    } finally {
      given.done();
    }
  }
}
