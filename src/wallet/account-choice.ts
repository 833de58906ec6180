import { addRaw, type Raw } from '../nano/amount.ts';
import type { AccountLease, AccountLeases } from './account-leases.ts';
import type { AccountWallet } from './account-wallet.ts';
import type { HandedOver } from './own-block.ts';

/** Whether an account is known to have this amount (raw). */
export const hasBalance = ({ balance }: AccountWallet, amount: Raw): boolean =>
  balance !== null && balance >= amount;

export const handedOverOf = ({ chain }: AccountWallet): Promise<HandedOver | null> => chain.handedOver();

/** The handed-over block that keeps the first of these accounts from paying; null where one can pay, or there is none. */
export async function handedOverOfAll(accounts: readonly AccountWallet[]): Promise<HandedOver | null> {
  const handedOver = await Promise.all(accounts.map(handedOverOf));
  return handedOver.includes(null) ? null : (handedOver[0] ?? null);
}

/**
 * Leases the account to pay this amount (raw) from: by preference one that is in no other payment and has its work ready.
 * Resolves with undefined where no account has enough, or each that has is kept from paying by a handed-over block.
 *
 * @param preferenceOf the lower, the sooner an account pays among those that are as good
 */
export async function leaseBest(
  accounts: readonly AccountWallet[],
  amount: Raw,
  leases: AccountLeases,
  preferenceOf: (wallet: AccountWallet) => number,
): Promise<AccountLease | undefined> {
  const candidates = await Promise.all(
    accounts
      .filter((wallet) => hasBalance(wallet, amount))
      .map(async (wallet) => ({
        wallet,
        isFree: (await handedOverOf(wallet)) === null,
        isReady: (await wallet.readiness()) === 'ready',
      })),
  );
  const rank = ({ wallet, isReady }: { readonly wallet: AccountWallet; readonly isReady: boolean }) => {
    const { count, held } = leases.usageOf(wallet.account);
    return [hasBalance(wallet, addRaw(held, amount)) ? 0 : 1, count, isReady ? 0 : 1, preferenceOf(wallet)];
  };
  // Synchronous from here on: of two payments at once, the second must see the lease of the first.
  const [best] = candidates
    .filter(({ isFree }) => isFree)
    .map((candidate) => ({ ...candidate, rank: rank(candidate) }))
    .sort((one, other) => compareRanks(one.rank, other.rank));
  return best && leases.lease(best.wallet.account, amount);
}

/** Compares two ranks of equal length, the first part that differs deciding. */
function compareRanks(one: readonly number[], other: readonly number[]): number {
  return one.map((part, at) => part - (other[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
