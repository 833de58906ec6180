import type { NanoAddress } from '../nano/account.ts';
import { addRaw, type Raw, ZERO } from '../nano/amount.ts';
import { handedOverOfAll, hasBalance, leaseBest } from './account-choice.ts';
import type { AccountLease, AccountLeases } from './account-leases.ts';
import type { AccountOrder } from './account-order.ts';
import type { AccountWallet } from './account-wallet.ts';
import type { HandedOver } from './own-block.ts';
import type { PayingWallet } from './paying-wallet.ts';

export interface LockedPocketPorts {
  /** All accounts of the seed, savings first. */
  readonly own: readonly NanoAddress[];
  /** In the order of the seed, from account 1 on. */
  readonly accounts: readonly AccountWallet[];
  readonly leases: AccountLeases;
  readonly order: AccountOrder;
}

/** The pocket while the purse is locked: it pays what budgets allow, and moves no money between accounts. */
export class LockedPocket implements PayingWallet {
  readonly #ports: LockedPocketPorts;

  constructor(ports: LockedPocketPorts) {
    this.#ports = ports;
  }

  get accounts(): readonly NanoAddress[] {
    return this.#ports.own;
  }

  /** The proven balance of the pocket (raw); null until a node was asked. */
  get balance(): Raw | null {
    const balances = this.#ports.accounts.map(({ balance }) => balance);
    if (balances.includes(null)) return null;
    return balances.reduce<Raw>((sum, balance) => addRaw(sum, balance ?? ZERO), ZERO);
  }

  of(account: NanoAddress): AccountWallet | undefined {
    return this.#ports.accounts.find((wallet) => wallet.account === account);
  }

  async handedOver(): Promise<HandedOver | null> {
    return handedOverOfAll(this.#ports.accounts.filter((wallet) => hasBalance(wallet, 1n as Raw)));
  }

  async lease(amount: Raw): Promise<AccountLease | null> {
    const { accounts, leases, order } = this.#ports;
    const preferenceOf = (wallet: AccountWallet) => order.indexOf(accounts.indexOf(wallet) + 1);
    return (await leaseBest(accounts, amount, leases, preferenceOf)) ?? null;
  }
}
