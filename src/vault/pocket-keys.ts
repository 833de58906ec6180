import * as v from 'valibot';
import { AddressText } from '../nano/account.ts';
import { deriveKeys, MOST_ACCOUNTS, PrivateKeyText, type Seed } from '../nano/seed.ts';
import type { SecretKind } from './session.ts';

const PocketText = v.strictObject({
  /** All accounts of the seed that are ever used, savings first. */
  addresses: v.pipe(v.array(AddressText), v.length(MOST_ACCOUNTS)),
  /** The keys of the pocket, from account 1 on. There is none of savings. */
  privateKeys: v.array(PrivateKeyText),
});

/** The keys of the pocket, which can be read while the vault is locked. */
export type PocketKeys = v.InferOutput<typeof PocketText>;

/** How the pocket's keys are kept. */
export const POCKET: SecretKind<PocketKeys> = { context: 'nano-purse pocket 1', schema: PocketText };

/** The addresses and keys that are kept of a seed for a pocket of this many accounts. */
export function pocketOf(seed: Seed, accounts: number): PocketKeys {
  const all = Array.from({ length: MOST_ACCOUNTS }, (_, index) => deriveKeys(seed, index));
  return {
    addresses: all.map(({ address }) => address),
    privateKeys: all.slice(1, accounts + 1).map(({ privateKey }) => privateKey),
  };
}
