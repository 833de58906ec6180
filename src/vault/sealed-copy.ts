import type { NanoAddress } from '../nano/account.ts';
import { deriveKeys, type SeedSource, seedOf } from '../nano/seed.ts';
import type { KdfParameters } from './key-derivation.ts';
import { seal } from './seal.ts';
import type { SeedCopy } from './seed-copies.ts';

/** The first account of a seed, by which the user can tell seeds apart. */
export const accountOf = (source: SeedSource): NanoAddress => deriveKeys(seedOf(source), 0).address;

/** Encrypts what the user wrote down to restore the wallet under a password, as the copy of a generation. */
export async function sealedCopy(
  source: SeedSource,
  password: string,
  generation: number,
  kdf: KdfParameters,
): Promise<SeedCopy> {
  const secret = new TextEncoder().encode(JSON.stringify(source));
  try {
    return { generation, account: accountOf(source), sealed: await seal(secret, password, kdf) };
  } finally {
    secret.fill(0);
  }
}
