import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { handedOverOfAll, hasBalance } from './account-choice.ts';
import type { AccountLease } from './account-leases.ts';
import type { AccountWallet } from './account-wallet.ts';
import type { HandedOver } from './own-block.ts';
import type { PayingWallet, PaymentOrder } from './paying-wallet.ts';
import type { Pocket } from './pocket.ts';

/** The pocket while the purse is locked: it pays what budgets allow. */
export class LockedPocket implements PayingWallet {
  readonly #own: readonly NanoAddress[];
  readonly #pocket: Pocket;

  /** @param own all accounts of the seed, savings first */
  constructor(own: readonly NanoAddress[], pocket: Pocket) {
    this.#own = own;
    this.#pocket = pocket;
  }

  get accounts(): readonly NanoAddress[] {
    return this.#own;
  }

  /** The proven balance of the pocket (raw); null until a node was asked. */
  get balance(): Raw | null {
    return this.#pocket.balance;
  }

  of(account: NanoAddress): AccountWallet | undefined {
    return this.#pocket.of(account);
  }

  async handedOver(): Promise<HandedOver | null> {
    return handedOverOfAll(this.#pocket.accounts.filter((wallet) => hasBalance(wallet, 1n as Raw)));
  }

  async gatherFor(): Promise<null> {
    return null;
  }

  lease(order: PaymentOrder): Promise<AccountLease | null> {
    return this.#pocket.lease(order);
  }
}
