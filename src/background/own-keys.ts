import type { NanoAddress } from '../nano/account.ts';
import { type AccountKeys, deriveKeys, keysOf, MOST_ACCOUNTS } from '../nano/seed.ts';
import type { Vault } from '../vault/vault.ts';

/** Returns all accounts of the seed that are ever used, savings first. @throws Fault `fault_locked` */
export async function ownAddresses(vault: Vault): Promise<readonly NanoAddress[]> {
  const pocket = (await vault.isUnlocked()) ? undefined : await vault.pocket();
  if (pocket !== undefined) return pocket.addresses;
  const seed = await vault.seed();
  return Array.from({ length: MOST_ACCOUNTS }, (_, index) => deriveKeys(seed, index).address);
}

/** Returns the keys of an account. Those of the pocket are there also while locked. @throws Fault `fault_locked` */
export async function keysAt(vault: Vault, index: number): Promise<AccountKeys> {
  const pocket = index === 0 || (await vault.isUnlocked()) ? undefined : await vault.pocket();
  const privateKey = pocket?.privateKeys[index - 1];
  return privateKey === undefined ? deriveKeys(await vault.seed(), index) : keysOf(privateKey);
}
