import { SerialQueue } from '../concurrency.ts';
import type { NanoAddress } from '../nano/account.ts';
import { addRaw, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import { type Choice, handedOverOf, hasBalance, knowBalances, leaseBest } from './account-choice.ts';
import type { AccountLease, AccountLeases } from './account-leases.ts';
import type { AccountOrder } from './account-order.ts';
import type { AccountWallet } from './account-wallet.ts';
import { type Gift, gather } from './gathering.ts';
import type { PaymentOrder } from './paying-wallet.ts';
import { FIRST_FOR_BLOCKS } from './pocket-plan.ts';

export interface PocketPorts {
  /** In the order of the seed, from account 1 on. */
  readonly accounts: readonly AccountWallet[];
  readonly leases: AccountLeases;
  readonly order: AccountOrder;
}

type PocketChoice = Omit<Choice, 'leases' | 'preferenceOf'>;

/**
 * The pocket: accounts 1 to 7 of the seed, as far as the user wants them. All that budgets can spend lies in them. A block
 * that is handed over locks its account, so account 1 never has one out: it can always pay.
 */
export class Pocket {
  readonly #ports: PocketPorts;
  readonly #gathering = new SerialQueue();

  constructor(ports: PocketPorts) {
    this.#ports = ports;
  }

  /** In the order of the seed. */
  get accounts(): readonly AccountWallet[] {
    return this.#ports.accounts;
  }

  /** The accounts whose blocks may be handed over. */
  get handOverAccounts(): readonly AccountWallet[] {
    return this.#ports.accounts.slice(FIRST_FOR_BLOCKS - 1);
  }

  /** The proven balance of all its accounts (raw); null until a node was asked about each. */
  get balance(): Raw | null {
    const balances = this.#ports.accounts.map(({ balance }) => balance);
    if (balances.includes(null)) return null;
    return balances.reduce<Raw>((sum, balance) => addRaw(sum, balance ?? ZERO), ZERO);
  }

  of(account: NanoAddress): AccountWallet | undefined {
    return this.#ports.accounts.find((wallet) => wallet.account === account);
  }

  /**
   * Leases the account to pay this order from: by preference one that is in no other payment and has its work ready. Where
   * none has enough, the money of idle accounts is moved to one of them before. Null where the pocket has too little. A block
   * is handed over by an account that is in no payment: it could make none afterwards.
   *
   * @throws Fault as `gather`
   */
  async lease({
    amount,
    isHandOver,
  }: Pick<PaymentOrder, 'amount' | 'isHandOver'>): Promise<AccountLease | null> {
    const choice = isHandOver
      ? { accounts: this.handOverAccounts, amount, isAlone: true }
      : { accounts: this.#ports.accounts, amount, isEnoughBeside: true };
    await knowBalances(this.#ports.accounts);
    return (
      (await this.#best(choice)) ??
      (await this.#gathering.run(() => this.#gatherFor(choice))) ??
      (isHandOver ? undefined : await this.#best({ ...choice, isEnoughBeside: false })) ??
      null
    );
  }

  #best(choice: PocketChoice): Promise<AccountLease | undefined> {
    const { leases, order } = this.#ports;
    const preferenceOf = (wallet: AccountWallet) => order.indexOf(this.#ports.accounts.indexOf(wallet) + 1);
    return leaseBest({ ...choice, leases, preferenceOf });
  }

  /** Moves what an amount (raw) lacks to the richest candidate; undefined where the idle accounts have too little. */
  async #gatherFor(choice: PocketChoice): Promise<AccountLease | undefined> {
    const { leases } = this.#ports;
    const { accounts: candidates, amount } = choice;
    const found = await this.#best(choice);
    if (found !== undefined) return found;
    const idle = await this.#idle();
    const [target] = candidates.filter((wallet) => idle.includes(wallet));
    if (target === undefined) return undefined;
    const richest = candidates
      .filter((wallet) => idle.includes(wallet))
      .reduce((best, wallet) => (hasBalance(wallet, best.balance ?? ZERO) ? wallet : best), target);
    const gifts = giftsOf(
      idle.filter((wallet) => wallet !== richest),
      subtractRaw(amount, richest.balance ?? ZERO),
    );
    if (gifts === null) return undefined;
    // No payment may count on what is given away meanwhile.
    const given = gifts.map(({ from, amount }) => leases.lease(from.account, amount));
    const lease = leases.lease(richest.account, amount);
    try {
      await gather(richest, gifts);
    } catch (failure) {
      lease.done();
      throw failure;
    } finally {
      for (const one of given) one.done();
    }
    return lease;
  }

  /** The accounts that are in no payment and have no block out. */
  async #idle(): Promise<readonly AccountWallet[]> {
    const { accounts, leases } = this.#ports;
    const blocks = await Promise.all(accounts.map(handedOverOf));
    return accounts.filter(
      ({ account }, index) => blocks[index] === null && leases.usageOf(account).count === 0,
    );
  }
}

/** Takes an amount (raw) from these accounts, from the richest first; null where they have too little. */
function giftsOf(
  accounts: readonly AccountWallet[],
  amount: Raw,
): readonly (Gift & { readonly amount: Raw })[] | null {
  const gifts: (Gift & { readonly amount: Raw })[] = [];
  let lack = amount;
  const byBalance = accounts
    .map((from) => ({ from, balance: from.balance ?? ZERO }))
    .sort((one, other) => Number(other.balance > one.balance) - Number(other.balance < one.balance));
  for (const { from, balance } of byBalance) {
    if (lack === ZERO || balance === ZERO) break;
    const given = balance < lack ? balance : lack;
    gifts.push({ from, amount: given });
    lack = subtractRaw(lack, given);
  }
  return lack === ZERO ? gifts : null;
}
