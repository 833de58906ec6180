import { blake2b } from '@noble/hashes/blake2.js';
import { derivePublicKey, signBlock, verifyBlock } from 'nanocurrency';
import { type AccountKey, fromHex, type Hex32, toHex, toHex32 } from './hex.ts';

/** Blake2b-256 of the parts, one after the other. */
export function blake2b256(...parts: readonly Uint8Array[]): Hex32 {
  const hash = blake2b.create({ dkLen: 32 });
  for (const part of parts) hash.update(part);
  return toHex32(hash.digest());
}

/** The account that a private key (32 bytes of hex) speaks for. */
export const accountOf = (privateKey: string): AccountKey => derivePublicKey(privateKey) as AccountKey;

/**
 * The deterministic signature of a digest (32 bytes), 128 upper-case hex digits: Ed25519 with Blake2b-512 (public spec:
 * docs.nano.org, "Signing"), by a library that the purse does not sign with.
 */
export const sign = (digest: Uint8Array, privateKey: string): string =>
  signBlock({ hash: toHex(digest), secretKey: privateKey }).toUpperCase();

/**
 * Whether the account signed the digest. Lenient like the node's own verification, so that even a forged opening of the
 * burn account gets as far as the ledger rule that forbids it.
 */
export const verify = (signature: string, digest: Uint8Array, account: AccountKey): boolean =>
  verifyBlock({ hash: toHex(digest), signature, publicKey: account });

/** The private key of a seed (32 bytes of hex) at an index: Blake2b-256(seed || uint32be index). */
export function privateKeyAt(seed: string, index: number): Hex32 {
  const place = new Uint8Array(4);
  new DataView(place.buffer).setUint32(0, index);
  return blake2b256(fromHex(seed), place);
}
