import type { NanoAddress } from '../nano/account.ts';
import { type AccountKeys, deriveKeys, keysOf, MOST_ACCOUNTS, type SeedUse, seedFor } from '../nano/seed.ts';
import { familyOf } from '../vault/pocket-keys.ts';
import type { Vault } from '../vault/vault.ts';

/**
 * Returns all accounts of the seed that are ever used on such a network, savings first.
 *
 * @throws Fault `fault_locked`
 */
export async function ownAddresses(vault: Vault, use: SeedUse): Promise<readonly NanoAddress[]> {
  const pocket = (await vault.isUnlocked()) ? undefined : await vault.pocket();
  if (pocket !== undefined) return familyOf(pocket, use).addresses;
  const seed = seedFor(use, await vault.seed());
  return Array.from({ length: MOST_ACCOUNTS }, (_, index) => deriveKeys(seed, index).address);
}

/**
 * Returns the keys of an account on such a network. Those of the pocket are there also while locked.
 *
 * @throws Fault `fault_locked`
 */
export async function keysAt(vault: Vault, use: SeedUse, index: number): Promise<AccountKeys> {
  const pocket = index === 0 || (await vault.isUnlocked()) ? undefined : await vault.pocket();
  const privateKey = pocket && familyOf(pocket, use).privateKeys[index - 1];
  return privateKey === undefined ? deriveKeys(seedFor(use, await vault.seed()), index) : keysOf(privateKey);
}
