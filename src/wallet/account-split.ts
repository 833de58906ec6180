import { SingleFlight } from '../concurrency.ts';
import { type Fault, faultOf } from '../fault.ts';
import { addRaw, type Raw, ZERO } from '../nano/amount.ts';
import { handedOverOf, hasBalance } from './account-choice.ts';
import type { AccountLeases } from './account-leases.ts';
import type { AccountWallet } from './account-wallet.ts';
import { arrival, findsAllSent, gather } from './gathering.ts';
import { excessOver, lackOf, levelOf, type PocketPlan, shareOf } from './pocket-plan.ts';
import type { RefillLimit } from './refill-limit.ts';

export type OneOrMoreAccounts = readonly [AccountWallet, ...AccountWallet[]];

export interface AccountSplitPorts {
  /** In the order of the seed; those beyond the plan are emptied. */
  readonly accounts: OneOrMoreAccounts;
  readonly plan: PocketPlan;
  readonly leases: AccountLeases;
  readonly refills: Pick<RefillLimit, 'take'>;
}

/** The result of a step towards the plan: money was moved, a move waits for work or for a payment, or nothing is left to do. */
export type Settling = 'moved' | 'waits' | 'settled';

/** Keeps the money of a seed split between its first account and the pocket, as the plan says. */
export class AccountSplit {
  readonly #ports: AccountSplitPorts;
  readonly #settling = new SingleFlight<Settling>();

  constructor(ports: AccountSplitPorts) {
    this.#ports = ports;
  }

  /**
   * Moves money between the first account and one account of the pocket whose balance is too far from its share: above it,
   * or below half of it. Moves nothing while a payment is made, before the work for the move is ready, or beyond what
   * `RefillLimit` allows. Fills no account before the newest block of the first one is confirmed: that may be the same move, made
   * by an earlier life of the worker. Calls at the same time share one result.
   *
   * @param isWished whether the user wants the pocket to be full: then every share is filled, whatever it got before
   * @throws Fault as `AccountWallet.send`, `arrival` and `findsAllSent`
   */
  settle(isWished: boolean): Promise<Settling> {
    return this.#settling.run(() => this.#settle(isWished));
  }

  /** Resolves once the move that is under way, if any, has ended, however it ended. Resolves with whether there was one. */
  async moved(): Promise<boolean> {
    const { running } = this.#settling;
    if (running === undefined) return false;
    // Its failure is reported where the move was begun.
    await running.catch(() => undefined);
    return true;
  }

  async #settle(isWished: boolean): Promise<Settling> {
    const { accounts, plan, leases } = this.#ports;
    const [main] = accounts;
    if (accounts.length === 1) return 'settled';
    if (!leases.isEmpty) return 'waits';
    let result: Settling = accounts.some(({ balance }) => balance === null) ? 'waits' : 'settled';
    for (const [index, wallet] of accounts.entries()) {
      if (index === 0 || wallet.balance === null) continue;
      const share = shareOf(plan, index);
      const excess = excessOver(share, wallet.balance);
      if (excess === ZERO && this.#refillOf(wallet, share, isWished) === ZERO) continue;
      // An account whose block is out cannot receive either.
      if (!(await isFree(wallet))) continue;
      const giver = excess > ZERO ? wallet : main;
      // A send of an earlier life of the worker may be on its way that the last look did not find. While the network decides
      // about it, a block of the account may be handed over.
      const canBeFilled = async () => (await findsAllSent(main, wallet)) && isFree(wallet);
      if (!(await isIdle(giver)) || (giver === main && !(await canBeFilled()))) {
        result = 'waits';
        continue;
      }
      // A payment may have begun meanwhile.
      if (!leases.isEmpty) return 'waits';
      const moved = excess > ZERO ? excess : this.#refillOf(wallet, share, isWished);
      // What the account lacked is on its way to it.
      if (moved === ZERO) continue;
      // A payment that begins from here on must not count on what is moved, nor hand over a block of the account that gets
      // it: what is on its way there could not be received.
      const moving = [leases.lease(giver.account, moved), leases.lease(wallet.account, ZERO)];
      try {
        if (excess > ZERO) await gather(main, [{ from: wallet, amount: moved }]);
        else if (isWished) await gather(wallet, [{ from: main, amount: moved }]);
        else if (!(await this.#refill(wallet, moved))) continue;
        return 'moved';
      } finally {
        for (const lease of moving) lease.done();
      }
    }
    return result;
  }

  /** What an account lacks of its share, and the first account has (raw). */
  #refillOf(wallet: AccountWallet, share: Raw, isWished: boolean): Raw {
    const [main] = this.#ports.accounts;
    const lack = lackOf(share, addRaw(wallet.balance ?? ZERO, wallet.incoming), isWished);
    return hasBalance(main, lack) ? lack : ZERO;
  }

  /** Fills an account of the pocket by this much (raw); false where the pocket got enough for now. */
  async #refill(wallet: AccountWallet, amount: Raw): Promise<boolean> {
    const { accounts, plan, refills } = this.#ports;
    const [main] = accounts;
    const undo = await refills.take(amount, levelOf(plan));
    if (undo === null) return false;
    const hash = await main.send(wallet.account, amount).catch(async (failure: unknown) => {
      if (!isPublishedLater(faultOf(failure))) await undo();
      throw failure;
    });
    await arrival(hash, main, wallet);
    return true;
  }
}

/** Whether a send that failed is signed, and gets to the ledger later. */
const isPublishedLater = ({ key }: Fault): boolean =>
  key === 'fault_blockWaits' || key === 'fault_nodeRefused';

const isFree = async (wallet: AccountWallet): Promise<boolean> => (await handedOverOf(wallet)) === null;
const isIdle = async (wallet: AccountWallet): Promise<boolean> =>
  (await wallet.readiness()) === 'ready' && isFree(wallet);
