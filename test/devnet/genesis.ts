import { type StateBlock, signBlock } from './block.ts';
import { accountOf, blake2b256 } from './crypto.ts';
import { type Hex32, ZERO } from './hex.ts';

/** All the raw there is on Nano. */
export const SUPPLY = 133248297920938463463374607431768211455n;

/** The key that owns the devnet's supply. It is no secret: anybody can compute it. */
export const GENESIS_KEY: Hex32 = blake2b256(new TextEncoder().encode('Nano Purse devnet genesis'));

/** The first block of the lattice: the supply, in the hands of the genesis account. */
export function genesisBlock(supply = SUPPLY): StateBlock {
  const account = accountOf(GENESIS_KEY);
  const block = { account, previous: ZERO, representative: account, balance: supply, link: account };
  return signBlock(block, GENESIS_KEY, 0n);
}
