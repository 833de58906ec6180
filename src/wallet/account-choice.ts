import { addRaw, type Raw } from '../nano/amount.ts';
import type { AccountLease, AccountLeases } from './account-leases.ts';
import type { AccountWallet } from './account-wallet.ts';
import type { HandedOver } from './own-block.ts';

/** Whether an account is known to have this amount (raw). */
export const hasBalance = ({ balance }: AccountWallet, amount: Raw): boolean =>
  balance !== null && balance >= amount;

/**
 * Asks a node about the accounts of which none has told yet: right after the worker's start no balance is known, and an account
 * is not empty for that. One for which it fails stays unknown. Never rejects.
 */
export async function knowBalances(accounts: readonly AccountWallet[]): Promise<void> {
  await Promise.all(accounts.filter(({ balance }) => balance === null).map((wallet) => wallet.look()));
}

export const handedOverOf = ({ chain }: AccountWallet): Promise<HandedOver | null> => chain.handedOver();

/** The handed-over block that keeps the first of these accounts from paying; null where one can pay, or there is none. */
export async function handedOverOfAll(accounts: readonly AccountWallet[]): Promise<HandedOver | null> {
  const handedOver = await Promise.all(accounts.map(handedOverOf));
  return handedOver.includes(null) ? null : (handedOver[0] ?? null);
}

export interface Choice {
  readonly accounts: readonly AccountWallet[];
  /** Raw. */
  readonly amount: Raw;
  readonly leases: AccountLeases;
  /** The lower, the sooner an account pays among those that are as good. */
  readonly preferenceOf: (wallet: AccountWallet) => number;
  /** Whether only those accounts count that have enough beside their present payments. @default false */
  readonly isEnoughBeside?: boolean;
  /** Whether only those accounts count that are in no payment. @default false */
  readonly isAlone?: boolean;
}

/**
 * Leases the account to pay an amount from: by preference one that is in no other payment and has its work ready.
 * Resolves with undefined where no account has enough, or each that has is kept from paying by a handed-over block.
 */
export async function leaseBest({
  accounts,
  amount,
  leases,
  preferenceOf,
  isEnoughBeside = false,
  isAlone = false,
}: Choice): Promise<AccountLease | undefined> {
  const candidates = await Promise.all(
    accounts
      .filter((wallet) => hasBalance(wallet, amount))
      .map(async (wallet) => ({
        wallet,
        isFree: (await handedOverOf(wallet)) === null,
        isReady: (await wallet.readiness()) === 'ready',
      })),
  );
  const hasEnoughBeside = (wallet: AccountWallet) =>
    hasBalance(wallet, addRaw(leases.usageOf(wallet.account).held, amount));
  const rank = ({ wallet, isReady }: { readonly wallet: AccountWallet; readonly isReady: boolean }) => [
    hasEnoughBeside(wallet) ? 0 : 1,
    leases.usageOf(wallet.account).count,
    isReady ? 0 : 1,
    preferenceOf(wallet),
  ];
  // Synchronous from here on: of two payments at once, the second must see the lease of the first.
  const [best] = candidates
    .filter(({ isFree }) => isFree)
    .filter(({ wallet }) => !isEnoughBeside || hasEnoughBeside(wallet))
    .filter(({ wallet }) => !isAlone || leases.usageOf(wallet.account).count === 0)
    .map((candidate) => ({ ...candidate, rank: rank(candidate) }))
    .sort((one, other) => compareRanks(one.rank, other.rank));
  return best && leases.lease(best.wallet.account, amount);
}

/** Compares two ranks of equal length, the first part that differs deciding. */
function compareRanks(one: readonly number[], other: readonly number[]): number {
  return one.map((part, at) => part - (other[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
