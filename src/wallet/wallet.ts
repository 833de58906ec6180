import type { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { addRaw, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { NetworkProfile } from '../nano/network.ts';
import type { Readiness } from '../work/scheduler.ts';
import type { AccountWallet } from './account-wallet.ts';
import type { HandedOver } from './own-block.ts';

/** How many accounts stand ready to pay, and what each beside the first is to hold. One is no float at all. */
export interface PocketPlan {
  readonly accounts: number;
  /** Raw. */
  readonly each: Raw;
}

/** As many accounts of a seed as the purse ever uses: what a restored seed is searched for. */
export const MOST_ACCOUNTS = 8;

/** Every account of a seed by its index, each once: in which order they are taken where nothing else decides. */
export type AccountOrder = readonly number[];

/** A random order. Each browser draws its own, so that two of one seed seldom pay from the same account at once. */
export function drawOrder(): AccountOrder {
  const lots = [...crypto.getRandomValues(new Uint32Array(MOST_ACCOUNTS))];
  return lots
    .map((lot, index) => ({ lot, index }))
    .sort((one, other) => one.lot - other.lot)
    .map(({ index }) => index);
}

/** The account that a payment is made from, until it is done with it. */
export interface AccountLease {
  readonly account: NanoAddress;
  done(): void;
}

/** What came of bringing the accounts to their shares: a move, one that waits for its work or its turn, or nothing. */
export type Settling = 'moved' | 'waits' | 'settled';

type OneOrMore = readonly [AccountWallet, ...AccountWallet[]];

/** How soon an account can pay. */
const BEST_FIRST: readonly Readiness[] = ['ready', 'working', 'resting', 'none'];

/**
 * All the money of a seed on one network. The first account is the user's own; where a block costs seconds of work,
 * others beside it hold a share each and have their work ready, so that a burst of payments waits for none. What is
 * moved between them costs nothing and is no transfer.
 */
export class Wallet {
  readonly #main: AccountWallet;
  readonly #accounts: OneOrMore;
  readonly #plan: PocketPlan;
  readonly #order: AccountOrder;
  readonly #leases = new Map<symbol, { readonly account: NanoAddress; readonly amount: Raw }>();
  #settling: Promise<Settling> | undefined;

  /** The purses in the order of their accounts; those beyond the plan are emptied when there is time. */
  constructor(purses: OneOrMore, plan: PocketPlan, order: AccountOrder) {
    [this.#main] = purses;
    this.#accounts = purses;
    this.#plan = plan;
    this.#order = order;
  }

  get network(): NetworkProfile {
    return this.#main.network;
  }

  /** The account that is shown, and that receives. */
  get account(): NanoAddress {
    return this.#main.account;
  }

  /** All that is proven to be there (raw); null until a node was asked. */
  get balance(): Raw | null {
    return this.#main.balance === null ? null : this.#sum(({ balance }) => balance ?? ZERO);
  }

  /** Proven incoming money that is being taken in (raw). */
  get incoming(): Raw {
    return this.#sum(({ incoming }) => incoming);
  }

  /** What stands between the purse and its money; null when all is well. */
  get trouble(): Fault | null {
    return this.#accounts.map(({ trouble }) => trouble).find((trouble) => trouble !== null) ?? null;
  }

  /** All accounts, in the order of the seed. */
  get accounts(): readonly NanoAddress[] {
    return this.#accounts.map(({ account }) => account);
  }

  /** The purse of one account; undefined for a stranger's. */
  of(account: NanoAddress): AccountWallet | undefined {
    return this.#accounts.find((wallet) => wallet.account === account);
  }

  /** Whether a payment could be made without waiting for work. */
  async readiness(): Promise<Readiness> {
    const all = await Promise.all(this.#withBalance(1n as Raw).map((wallet) => wallet.readiness()));
    if (all.length === 0) return this.#main.readiness();
    return BEST_FIRST.find((one) => all.includes(one)) ?? 'none';
  }

  /** How much more than all there is an amount is, in raw; null when it is enough or unknown. */
  missing(amount: Raw): Raw | null {
    const { balance } = this;
    return balance === null || balance >= amount ? null : subtractRaw(amount, balance);
  }

  /** Whose uncashed block keeps every account with money waiting; null when one can pay. */
  async handedOver(): Promise<HandedOver | null> {
    const handedOver = await Promise.all(
      this.#accounts
        .filter((wallet) => wallet === this.#main || hasBalance(wallet, 1n as Raw))
        .map(handedOverOf),
    );
    return handedOver.includes(null) ? null : (handedOver[0] ?? null);
  }

  /**
   * The account to pay this amount from: one that is in no other payment and has its work ready, if there is one; of
   * several, the first account last, and the others in this browser's own order. Where only all of them together have
   * enough, it is gathered first.
   *
   * @throws Fault what `Purse.send` throws while money is gathered
   */
  async lease(amount: Raw): Promise<AccountLease> {
    // Where there is but one account there is nothing to choose.
    if (this.#accounts.length === 1) return this.#leaseOf(this.#main, amount);
    if (this.#withBalance(amount).length === 0 && this.missing(amount) === null) await this.#gather();
    const candidates = await Promise.all(
      this.#withBalance(amount).map(async (wallet) => ({
        wallet,
        isFree: (await handedOverOf(wallet)) === null,
        isReady: (await wallet.readiness()) === 'ready',
      })),
    );
    const rank = ({ wallet, isReady }: { readonly wallet: AccountWallet; readonly isReady: boolean }) => {
      const { count, held } = this.#usage(wallet);
      return [
        hasBalance(wallet, addRaw(held, amount)) ? 0 : 1,
        count,
        isReady ? 0 : 1,
        this.#preferenceOf(wallet),
      ];
    };
    // No waiting from here on: two payments at once must see each other's turn.
    const [first] = candidates
      .filter(({ isFree }) => isFree)
      .map((candidate) => ({ ...candidate, rank: rank(candidate) }))
      .sort((one, other) => compareRanks(one.rank, other.rank));
    return this.#leaseOf(first?.wallet ?? this.#main, amount);
  }

  #leaseOf({ account }: AccountWallet, amount: Raw): AccountLease {
    const lease = Symbol(account);
    this.#leases.set(lease, { account, amount });
    return { account, done: () => void this.#leases.delete(lease) };
  }

  /**
   * Sends to an account of the user's choice, or everything.
   *
   * @throws Fault as `Purse.send`
   */
  async send(to: NanoAddress, amount: Raw | 'everything'): Promise<BlockHash> {
    const isShort = amount === 'everything' || (this.#main.balance ?? ZERO) < amount;
    if (isShort && this.#others().some((wallet) => hasBalance(wallet, 1n as Raw))) await this.#gather();
    return this.#main.send(to, amount);
  }

  /** Gives every account's vote to another representative. @throws Fault as `Chain.represent` */
  async changeRepresentative(representative: NanoAddress): Promise<void> {
    for (const wallet of this.#accounts) await wallet.chain.changeRepresentative(representative);
  }

  /** Looks at every account (see `Purse.refresh`). */
  async refresh(): Promise<void> {
    await Promise.all(this.#accounts.map((wallet) => wallet.refresh()));
  }

  /** Looks at every account for a user who wants it now (see `Purse.retry`). */
  async retry(): Promise<void> {
    await Promise.all(this.#accounts.map((wallet) => wallet.retry()));
  }

  /**
   * Brings one account nearer to its share, when no payment is under way and the work for it is there: from the first
   * account what is missing, back to it what is too much. One move at a time; nothing when all is as planned.
   *
   * @throws Fault as `Purse.send`
   */
  settle(): Promise<Settling> {
    this.#settling ??= this.#settle().finally(() => {
      this.#settling = undefined;
    });
    return this.#settling;
  }

  /** Lets go of everything; for locking and for a change of network. */
  close(): void {
    for (const wallet of this.#accounts) wallet.close();
  }

  async #settle(): Promise<Settling> {
    if (this.#accounts.length === 1) return 'settled';
    if (this.#leases.size > 0) return 'waits';
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

  /** What is to be moved, if it is worth a block: an account may be half empty, or hold twice its share. */
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

  /** Brings all money to the first account. */
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

  /** Who has this much. */
  #withBalance(amount: Raw): readonly AccountWallet[] {
    return this.#accounts.filter((wallet) => hasBalance(wallet, amount));
  }

  /** Where an account stands among those that are as good: the first one last, since the others can be filled again. */
  #preferenceOf(wallet: AccountWallet): number {
    return wallet === this.#main ? MOST_ACCOUNTS : this.#order.indexOf(this.#accounts.indexOf(wallet));
  }

  /** The payments that an account is making, and what they take at most: those that are signed are off its balance. */
  #usage({ account }: AccountWallet): { readonly count: number; readonly held: Raw } {
    const own = [...this.#leases.values()].filter((turn) => turn.account === account);
    return { count: own.length, held: own.reduce((sum, { amount }) => addRaw(sum, amount), ZERO) };
  }

  #sum(part: (wallet: AccountWallet) => Raw): Raw {
    return this.#accounts.reduce((sum, wallet) => addRaw(sum, part(wallet)), ZERO);
  }
}

const hasBalance = ({ balance }: AccountWallet, amount: Raw): boolean =>
  balance !== null && balance >= amount;
const handedOverOf = ({ chain }: AccountWallet): Promise<HandedOver | null> => chain.handedOver();
const isIdle = async (wallet: AccountWallet): Promise<boolean> =>
  (await wallet.readiness()) === 'ready' && (await handedOverOf(wallet)) === null;

function compareRanks(one: readonly number[], other: readonly number[]): number {
  return one.map((part, at) => part - (other[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
