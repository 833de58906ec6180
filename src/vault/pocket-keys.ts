import * as v from 'valibot';
import { AddressText, type NanoAddress } from '../nano/account.ts';
import { type AccountKeys, deriveKeys, keysOf, PrivateKeyText, type Seed } from '../nano/seed.ts';
import type { SecretKind } from './session.ts';

/** The keys of the pocket: of the first accounts of a seed after savings. */
export interface PocketKeys {
  /** The first account of the seed, of which there is no key here. */
  readonly savings: NanoAddress;
  /** In the order of the seed: the first one is that of account 1. */
  readonly accounts: readonly AccountKeys[];
}

const PocketText = v.strictObject({ savings: AddressText, privateKeys: v.array(PrivateKeyText) });
export type StoredPocket = v.InferOutput<typeof PocketText>;

/** How the pocket's keys are kept while the vault is locked. */
export const POCKET: SecretKind<StoredPocket> = { context: 'nano-purse pocket 1', schema: PocketText };

/** What is kept of a seed for a pocket of so many accounts. */
export function pocketOf(seed: Seed, accounts: number): StoredPocket {
  const savings = deriveKeys(seed, 0).address;
  const indexes = Array.from({ length: accounts }, (_, index) => index + 1);
  return { savings, privateKeys: indexes.map((index) => deriveKeys(seed, index).privateKey) };
}

/** The keys in what was kept. */
export const pocketKeysOf = ({ savings, privateKeys }: StoredPocket): PocketKeys => ({
  savings,
  accounts: privateKeys.map(keysOf),
});
