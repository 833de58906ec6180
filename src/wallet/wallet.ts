import { SingleFlight } from '../concurrency.ts';
import type { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { addRaw, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { NetworkProfile } from '../nano/network.ts';
import { MOST_ACCOUNTS } from '../nano/seed.ts';
import type { Readiness } from '../work/scheduler.ts';
import { handedOverOf, handedOverOfAll, hasBalance, leaseBest } from './account-choice.ts';
import { type AccountLease, AccountLeases } from './account-leases.ts';
import type { AccountOrder } from './account-order.ts';
import type { AccountWallet } from './account-wallet.ts';
import type { HandedOver } from './own-block.ts';
import type { Approval, PayingWallet } from './paying-wallet.ts';

/** How the pocket is laid out: between how many accounts, the first included, and what each of the others is to hold. */
export interface PocketPlan {
  /** One means that there is no pocket. */
  readonly accounts: number;
  /** Raw. */
  readonly each: Raw;
}

/** The result of a step towards the plan: money was moved, a move waits for work or for a payment, or nothing is left to do. */
export type Settling = 'moved' | 'waits' | 'settled';

type OneOrMore = readonly [AccountWallet, ...AccountWallet[]];

/** The sooner an account can pay, the earlier. */
const BEST_FIRST: readonly Readiness[] = ['ready', 'working', 'resting', 'none'];

/**
 * All accounts of a seed on one network. The first account is savings. The others are the pocket: each holds a share and has
 * its work ready, so that a burst of payments waits for no work. Moves between them cost nothing and are no transfers.
 */
export class Wallet implements PayingWallet {
  readonly #main: AccountWallet;
  readonly #accounts: OneOrMore;
  readonly #plan: PocketPlan;
  readonly #order: AccountOrder;
  readonly #leases: AccountLeases;
  readonly #settling = new SingleFlight<Settling>();

  /**
   * @param accounts in the order of the seed; those beyond the plan are emptied
   * @param order in which accounts pay where nothing else decides
   * @param leases of the same accounts, where they were open before
   */
  constructor(accounts: OneOrMore, plan: PocketPlan, order: AccountOrder, leases = new AccountLeases()) {
    [this.#main] = accounts;
    this.#accounts = accounts;
    this.#plan = plan;
    this.#order = order;
    this.#leases = leases;
  }

  get network(): NetworkProfile {
    return this.#main.network;
  }

  /** The first account: it is shown as the user's own, and receives. */
  get account(): NanoAddress {
    return this.#main.account;
  }

  /** The proven balance of all accounts (raw); null until a node was asked. */
  get balance(): Raw | null {
    return this.#main.balance === null ? null : this.#sum(({ balance }) => balance ?? ZERO);
  }

  /** Proven amounts that are being received (raw). */
  get incoming(): Raw {
    return this.#sum(({ incoming }) => incoming);
  }

  /** The trouble of the first account that has one (see `AccountWallet.trouble`); null when nothing failed. */
  get trouble(): Fault | null {
    return this.#accounts.map(({ trouble }) => trouble).find((trouble) => trouble !== null) ?? null;
  }

  /** All accounts, in the order of the seed. */
  get accounts(): readonly NanoAddress[] {
    return this.#accounts.map(({ account }) => account);
  }

  /** One account; undefined for an account of another seed. */
  of(account: NanoAddress): AccountWallet | undefined {
    return this.#accounts.find((wallet) => wallet.account === account);
  }

  /** How soon the readiest account that has money can pay. */
  async readiness(): Promise<Readiness> {
    const all = await Promise.all(this.#withBalance(1n as Raw).map((wallet) => wallet.readiness()));
    if (all.length === 0) return this.#main.readiness();
    return BEST_FIRST.find((one) => all.includes(one)) ?? 'none';
  }

  /** By how much an amount exceeds the balance (raw); null when the balance is enough or unknown. */
  missing(amount: Raw): Raw | null {
    const { balance } = this;
    return balance === null || balance >= amount ? null : subtractRaw(amount, balance);
  }

  /**
   * The handed-over block that keeps the first of the accounts with money from paying; null when one of them can pay.
   *
   * @throws Fault as `AccountChain.handedOver`
   */
  async handedOver(): Promise<HandedOver | null> {
    return handedOverOfAll(
      this.#accounts.filter((wallet) => wallet === this.#main || hasBalance(wallet, 1n as Raw)),
    );
  }

  /**
   * Leases the account to pay this amount (raw) from: by preference one that is in no other payment and has its work ready.
   * A budget pays from the pocket alone, where there is one: null where no account of it has enough. What the user approved
   * comes from the pocket while that has enough, in this browser's own order, and else from the first account; where only
   * all accounts together have enough, their money is moved to the first one before.
   *
   * @throws Fault as `AccountWallet.send`, while money is moved
   */
  async lease(amount: Raw, approval: Approval): Promise<AccountLease | null> {
    const preferenceOf = (wallet: AccountWallet) => this.#preferenceOf(wallet);
    if (approval === 'budget' && this.#plan.accounts > 1) {
      const pocket = this.#accounts.slice(1, this.#plan.accounts);
      return (await leaseBest(pocket, amount, this.#leases, preferenceOf)) ?? null;
    }
    if (this.#accounts.length === 1) return this.#leases.lease(this.account, amount);
    if (this.#withBalance(amount).length === 0 && this.missing(amount) === null) await this.#gather();
    const best = await leaseBest(this.#accounts, amount, this.#leases, preferenceOf);
    return best ?? this.#leases.lease(this.account, amount);
  }

  /**
   * Sends `amount` raw, or everything, to an account of the user's choice. Money is moved to the first account before, where
   * that has too little. Resolves with the hash of the send.
   *
   * @throws Fault as `AccountWallet.send`
   */
  async send(to: NanoAddress, amount: Raw | 'everything'): Promise<BlockHash> {
    const isShort = amount === 'everything' || (this.#main.balance ?? ZERO) < amount;
    if (isShort && this.#others().some((wallet) => hasBalance(wallet, 1n as Raw))) await this.#gather();
    return this.#main.send(to, amount);
  }

  /** Changes the representative of every account. @throws Fault as `AccountChain.changeRepresentative` */
  async changeRepresentative(representative: NanoAddress): Promise<void> {
    for (const wallet of this.#accounts) await wallet.chain.changeRepresentative(representative);
  }

  /** Refreshes every account (see `AccountWallet.refresh`). */
  async refresh(): Promise<void> {
    await Promise.all(this.#accounts.map((wallet) => wallet.refresh()));
  }

  /** Retries every account (see `AccountWallet.retry`). */
  async retry(): Promise<void> {
    await Promise.all(this.#accounts.map((wallet) => wallet.retry()));
  }

  /**
   * Moves money between the first account and one account of the pocket whose balance is too far from its share. Moves
   * nothing while a payment is made, or before the work for the move is ready. Calls at the same time share one result.
   *
   * @throws Fault as `AccountWallet.send`
   */
  settle(): Promise<Settling> {
    return this.#settling.run(() => this.#settle());
  }

  /** Closes every account (see `AccountWallet.close`). */
  close(): void {
    for (const wallet of this.#accounts) wallet.close();
  }

  async #settle(): Promise<Settling> {
    if (this.#accounts.length === 1) return 'settled';
    if (!this.#leases.isEmpty) return 'waits';
    let result: Settling = this.#accounts.some(({ balance }) => balance === null) ? 'waits' : 'settled';
    for (const [index, wallet] of this.#accounts.entries()) {
      if (index === 0 || wallet.balance === null) continue;
      const share = index < this.#plan.accounts ? this.#plan.each : ZERO;
      const { from, to, amount } = this.#move(wallet, share, wallet.balance);
      if (amount === ZERO) continue;
      result = 'waits';
      if (!(await isIdle(from))) continue;
      await from.send(to.account, amount);
      return 'moved';
    }
    return result;
  }

  /**
   * The move that brings an account to its share. Zero raw while the account holds between half its share and twice its
   * share: that is not worth a block.
   */
  #move(
    wallet: AccountWallet,
    share: Raw,
    balance: Raw,
  ): { readonly from: AccountWallet; readonly to: AccountWallet; readonly amount: Raw } {
    const main = this.#main;
    const tooMuch = share === ZERO ? balance > ZERO : balance > share * 2n;
    if (tooMuch) return { from: wallet, to: main, amount: subtractRaw(balance, share) };
    const lack = balance * 2n < share ? subtractRaw(share, balance) : ZERO;
    return { from: main, to: wallet, amount: hasBalance(main, lack) ? lack : ZERO };
  }

  /** Moves the money of all accounts to the first one. */
  async #gather(): Promise<void> {
    for (const wallet of this.#others()) {
      if (!hasBalance(wallet, 1n as Raw) || (await handedOverOf(wallet)) !== null) continue;
      await wallet.confirmed(await wallet.send(this.account, 'everything'));
    }
    await this.#main.receivePending();
    if (this.#main.failure !== null) throw this.#main.failure;
  }

  #others(): readonly AccountWallet[] {
    return this.#accounts.slice(1);
  }

  /** The accounts whose balance is at least this (raw). */
  #withBalance(amount: Raw): readonly AccountWallet[] {
    return this.#accounts.filter((wallet) => hasBalance(wallet, amount));
  }

  /** The order among accounts that are as good: the first account last, since it fills the others again. */
  #preferenceOf(wallet: AccountWallet): number {
    return wallet === this.#main ? MOST_ACCOUNTS : this.#order.indexOf(this.#accounts.indexOf(wallet));
  }

  #sum(part: (wallet: AccountWallet) => Raw): Raw {
    return this.#accounts.reduce((sum, wallet) => addRaw(sum, part(wallet)), ZERO);
  }
}

const isIdle = async (wallet: AccountWallet): Promise<boolean> =>
  (await wallet.readiness()) === 'ready' && (await handedOverOf(wallet)) === null;
