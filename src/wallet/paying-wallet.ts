import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { AccountLease } from './account-leases.ts';
import type { AccountWallet } from './account-wallet.ts';
import type { HandedOver } from './own-block.ts';

/** Who allowed a payment: the user's budget, or the user's answer to a question. */
export type Approval = 'budget' | 'once';

/** A payment for which an account is wanted. */
export interface PaymentOrder {
  /** Raw. */
  readonly amount: Raw;
  readonly approval: Approval;
  /** Whether its signed block is handed over: the account can do nothing else until the payee has published it. */
  readonly isHandOver: boolean;
}

/** What payments need of the accounts of a seed on one network, unlocked or not. */
export interface PayingWallet {
  /** All own accounts, also those that cannot pay now. */
  readonly accounts: readonly NanoAddress[];
  /** An account that can pay now; undefined for any other. */
  of(account: NanoAddress): AccountWallet | undefined;
  /** The handed-over block that keeps the first of the accounts with money from paying; null when one can pay. */
  handedOver(): Promise<HandedOver | null>;
  /**
   * Leases the account to pay an order from. A budget spends nothing but the pocket, where there is one, and hands no block
   * over without one. Null where the pocket has too little, or while locked.
   *
   * @throws Fault as `gather`, while money is moved; `fault_chequeOut` where each account for such blocks has one out
   */
  lease(order: PaymentOrder): Promise<AccountLease | null>;
  /**
   * Moves money to the account that will pay an order, where only several together have enough, and keeps it there until the
   * lease is done: for a question that the user is about to answer. Null where nothing needs to be moved, and while locked.
   *
   * @throws Fault as `lease`
   */
  gatherFor(order: Omit<PaymentOrder, 'approval'>): Promise<AccountLease | null>;
}
