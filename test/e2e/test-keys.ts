import { type AccountKeys, deriveKeys, type Seed, seedFor } from '../../src/nano/seed.ts';

/** The keys of a purse's account on a network of test money, as that of `startDevnet` is. */
export const testKeysAt = (seed: Seed, index: number): AccountKeys =>
  deriveKeys(seedFor({ testMoney: true }, seed), index);
