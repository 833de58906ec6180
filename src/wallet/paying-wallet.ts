import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { AccountLease } from './account-leases.ts';
import type { AccountWallet } from './account-wallet.ts';
import type { HandedOver } from './own-block.ts';

/** Who allowed a payment: the user's budget, or the user's answer to a question. */
export type Approval = 'budget' | 'once';

/** What payments need of the accounts of a seed on one network, unlocked or not. */
export interface PayingWallet {
  /** All own accounts, also those that cannot pay now. */
  readonly accounts: readonly NanoAddress[];
  /** An account that can pay now; undefined for any other. */
  of(account: NanoAddress): AccountWallet | undefined;
  /** The handed-over block that keeps the first of the accounts with money from paying; null when one can pay. */
  handedOver(): Promise<HandedOver | null>;
  /**
   * Leases the account to pay this amount (raw) from, for a payment that a budget allows or that the user approved. A budget
   * spends nothing but the pocket, where there is one. Null where that has too little, or while locked.
   *
   * @throws Fault as `AccountWallet.send`, while money is moved
   */
  lease(amount: Raw, approval: Approval): Promise<AccountLease | null>;
}
