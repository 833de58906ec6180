import { SingleFlight } from '../concurrency.ts';
import type { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { addRaw, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { NetworkProfile } from '../nano/network.ts';
import { MOST_ACCOUNTS } from '../nano/seed.ts';
import type { Readiness } from '../work/scheduler.ts';
import { handedOverOf, handedOverOfAll, hasBalance, knowBalances, leaseBest } from './account-choice.ts';
import type { AccountLease, AccountLeases } from './account-leases.ts';
import type { AccountOrder } from './account-order.ts';
import { AccountSplit, type OneOrMoreAccounts, type Settling } from './account-split.ts';
import type { AccountWallet } from './account-wallet.ts';
import { BlockAccounts } from './block-accounts.ts';
import { gather } from './gathering.ts';
import type { HandedOver } from './own-block.ts';
import type { PayingWallet, PaymentOrder } from './paying-wallet.ts';
import { Pocket } from './pocket.ts';
import type { PocketPlan } from './pocket-plan.ts';
import type { RefillLimit } from './refill-limit.ts';

export interface WalletPorts {
  readonly plan: PocketPlan;
  /** In which order accounts pay where nothing else decides. */
  readonly order: AccountOrder;
  /** The leases of the same accounts, also from before. */
  readonly leases: AccountLeases;
  readonly refills: Pick<RefillLimit, 'take'>;
}

/** The sooner an account can pay, the earlier. */
const BEST_FIRST: readonly Readiness[] = ['ready', 'working', 'resting', 'none'];

/**
 * All accounts of a seed on one network. The first account is savings. The others are the pocket: each holds a share and has
 * its work ready, so that a burst of payments waits for no work. Moves between them cost nothing and are no transfers.
 */
export class Wallet implements PayingWallet {
  readonly #main: AccountWallet;
  readonly #accounts: OneOrMoreAccounts;
  readonly #plan: PocketPlan;
  readonly #order: AccountOrder;
  readonly #leases: AccountLeases;
  readonly #split: AccountSplit;
  readonly #pocket: Pocket;
  readonly #forBlocks: BlockAccounts;
  readonly #gathering = new SingleFlight<void>();

  /**
   * @param accounts in the order of the seed; those beyond the plan are emptied
   */
  constructor(accounts: OneOrMoreAccounts, { plan, order, leases, refills }: WalletPorts) {
    [this.#main] = accounts;
    this.#accounts = accounts;
    this.#plan = plan;
    this.#order = order;
    this.#leases = leases;
    this.#split = new AccountSplit({ accounts, plan, leases, refills });
    this.#pocket = new Pocket({ accounts: accounts.slice(1, plan.accounts), leases, order });
    this.#forBlocks = new BlockAccounts({
      main: this.#main,
      pocket: this.#pocket,
      leases,
      gatherToMain: () => this.#gather(),
    });
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

  /** How soon the readiest account that has money can pay; `none` while the ledger cannot be looked at. */
  async readiness(): Promise<Readiness> {
    if (this.#accounts.some(({ failure }) => failure !== null)) return 'none';
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

  /** The proven balance of the pocket (raw); null without a pocket, and until a node was asked. */
  get pocketBalance(): Raw | null {
    return this.#plan.accounts > 1 ? this.#pocket.balance : null;
  }

  /**
   * Leases the account to pay an order from: by preference one that is in no other payment and has its work ready. A budget
   * pays from the pocket alone, where there is one: null where that has too little. What the user approved comes from the
   * pocket while an account of it has enough, in this browser's own order, and else from the first account; where only all
   * accounts together have enough, their money is moved to the first one before. Where there is a pocket, a block is handed
   * over by an account that is kept for such blocks (`BlockAccounts`); without one, a budget hands over none.
   *
   * @throws Fault as `gather`, while money is moved; as `BlockAccounts.lease`
   */
  async lease({ amount, approval, isHandOver }: PaymentOrder): Promise<AccountLease | null> {
    if (approval === 'budget' && this.#plan.accounts > 1) {
      const lease = () => this.#pocket.lease({ amount, isHandOver });
      // A move holds the account that it fills: the user is not asked because it has not ended yet.
      return (await lease()) ?? ((await this.#split.moved()) ? lease() : null);
    }
    if (isHandOver && approval === 'budget') return null;
    if (this.#accounts.length === 1) return this.#leases.lease(this.account, amount);
    if (isHandOver && this.#hasAccountsForBlocks) return this.#forBlocks.lease(amount);
    await knowBalances(this.#accounts);
    if (this.#withBalance(amount).length === 0 && this.#hasTogether(amount)) await this.#gather();
    return (await this.#best(amount)) ?? this.#leases.lease(this.account, amount);
  }

  /**
   * Moves money to the account that will pay: see `PayingWallet.gatherFor`.
   *
   * @throws Fault as `gather`; as `BlockAccounts.lease`
   */
  async gatherFor({ amount, isHandOver }: Omit<PaymentOrder, 'approval'>): Promise<AccountLease | null> {
    await knowBalances(this.#accounts);
    if (!this.#hasTogether(amount)) return null;
    if (isHandOver && this.#hasAccountsForBlocks) return this.#forBlocks.lease(amount);
    if (this.#withBalance(amount).length > 0) return null;
    const lease = this.#leases.lease(this.account, amount);
    try {
      await this.#gather();
      return lease;
    } catch (failure) {
      lease.done();
      throw failure;
    }
  }

  /**
   * Sends `amount` raw, or everything, to an account of the user's choice. Money is moved to the first account before, where
   * that has too little. Resolves with the hash of the send.
   *
   * @throws Fault as `AccountWallet.send`
   */
  async send(to: NanoAddress, amount: Raw | 'everything'): Promise<BlockHash> {
    await knowBalances(this.#accounts);
    const isShort = amount === 'everything' || (this.#main.balance ?? ZERO) < amount;
    if (isShort && this.#others().some((wallet) => hasBalance(wallet, 1n as Raw))) await this.#gather();
    return this.#main.send(to, amount);
  }

  /** The representative of the first account; before its first block is known, the one which that block would name. */
  get representative(): NanoAddress {
    const { head } = this.#main.chain;
    return head?.kind === 'open' ? head.representative : this.network.representative;
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

  /** Makes one move towards the plan: see `AccountSplit.settle`. @throws as it does */
  settle(isWished = false): Promise<Settling> {
    return this.#split.settle(isWished);
  }

  /** Closes every account (see `AccountWallet.close`). */
  close(): void {
    for (const wallet of this.#accounts) wallet.close();
  }

  /**
   * Moves the money of all accounts to the first one, but for those that are in a payment or have a block out. Calls at the
   * same time share one result.
   */
  #gather(): Promise<void> {
    return this.#gathering.run(async () => {
      const others = this.#others().filter((wallet) => hasBalance(wallet, 1n as Raw));
      const blocks = await Promise.all(others.map(handedOverOf));
      const from = others.filter(
        ({ account }, index) => blocks[index] === null && this.#leases.usageOf(account).count === 0,
      );
      // No payment may count on what is given away meanwhile.
      const given = from.map(({ account, balance }) => this.#leases.lease(account, balance ?? ZERO));
      try {
        await gather(
          this.#main,
          from.map((one) => ({ from: one, amount: 'everything' })),
        );
      } finally {
        for (const one of given) one.done();
      }
    });
  }

  #best(amount: Raw): Promise<AccountLease | undefined> {
    const preferenceOf = (wallet: AccountWallet) => this.#preferenceOf(wallet);
    return leaseBest({ accounts: this.#accounts, amount, leases: this.#leases, preferenceOf });
  }

  get #hasAccountsForBlocks(): boolean {
    return this.#pocket.handOverAccounts.length > 0;
  }

  /** Whether all accounts together are known to have this amount (raw). */
  #hasTogether(amount: Raw): boolean {
    const { balance } = this;
    return balance !== null && balance >= amount;
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
