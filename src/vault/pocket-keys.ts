import * as v from 'valibot';
import { AddressText } from '../nano/account.ts';
import { deriveKeys, MOST_ACCOUNTS, PrivateKeyText, type Seed, type SeedUse, seedFor } from '../nano/seed.ts';
import type { SecretKind } from './session.ts';

const FamilyText = v.strictObject({
  /** All accounts of the seed that are ever used, savings first. */
  addresses: v.pipe(v.array(AddressText), v.length(MOST_ACCOUNTS)),
  /** The keys of the pocket, from account 1 on. There is none of savings. */
  privateKeys: v.array(PrivateKeyText),
});
const PocketText = v.strictObject({ real: FamilyText, test: FamilyText });

/** The accounts of a seed on one kind of network, with the pocket's keys. */
export type PocketFamily = v.InferOutput<typeof FamilyText>;

/** The keys of the pocket, which can be read while the vault is locked: those of real money, and those of test money. */
export type PocketKeys = v.InferOutput<typeof PocketText>;

/** How the pocket's keys are kept. */
export const POCKET: SecretKind<PocketKeys> = { context: 'nano-purse pocket 2', schema: PocketText };

/** The addresses and keys that are kept of a seed for a pocket of this many accounts. */
export const pocketOf = (seed: Seed, accounts: number): PocketKeys => ({
  real: familyFrom(seedFor({ testMoney: false }, seed), accounts),
  test: familyFrom(seedFor({ testMoney: true }, seed), accounts),
});

/** Those of the accounts that such a network has. */
export const familyOf = ({ real, test }: PocketKeys, { testMoney }: SeedUse): PocketFamily =>
  testMoney ? test : real;

function familyFrom(seed: Seed, accounts: number): PocketFamily {
  const all = Array.from({ length: MOST_ACCOUNTS }, (_, index) => deriveKeys(seed, index));
  return {
    addresses: all.map(({ address }) => address),
    privateKeys: all.slice(1, accounts + 1).map(({ privateKey }) => privateKey),
  };
}
