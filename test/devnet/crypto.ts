import { eddsa } from '@noble/curves/abstract/edwards.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { type AccountKey, fromHex, type Hex32, toHex, toHex32 } from './hex.ts';

/**
 * Ed25519 with Blake2b-512 in place of SHA-512 for all three hashes (public spec: docs.nano.org, "Signing").
 * Verification is the lenient one, like the node's own, so that even a forged opening of the burn account gets
 * as far as the ledger rule that forbids it.
 */
const nanoEd25519 = eddsa(ed25519.Point, blake2b, { adjustScalarBytes: clamp, zip215: true });

function clamp(bytes: Uint8Array): Uint8Array {
  const scalar = Uint8Array.from(bytes);
  const [first = 0] = scalar;
  scalar[0] = first & 0b1111_1000;
  scalar[31] = ((scalar[31] ?? 0) & 0b0111_1111) | 0b0100_0000;
  return scalar;
}

/** Blake2b-256 of the parts, one after the other. */
export function blake2b256(...parts: readonly Uint8Array[]): Hex32 {
  const hash = blake2b.create({ dkLen: 32 });
  for (const part of parts) hash.update(part);
  return toHex32(hash.digest());
}

/** The account that a private key (32 bytes of hex) speaks for. */
export function accountOf(privateKey: string): AccountKey {
  return toHex32(nanoEd25519.getPublicKey(fromHex(privateKey)));
}

/** The deterministic signature of a message, 128 upper-case hex digits. */
export function sign(message: Uint8Array, privateKey: string): string {
  return toHex(nanoEd25519.sign(message, fromHex(privateKey)));
}

/** Whether the account signed the message. */
export function verify(signature: string, message: Uint8Array, account: AccountKey): boolean {
  return nanoEd25519.verify(fromHex(signature), message, fromHex(account));
}

/** The private key of a seed (32 bytes of hex) at an index: Blake2b-256(seed || uint32be index). */
export function privateKeyAt(seed: string, index: number): Hex32 {
  const place = new Uint8Array(4);
  new DataView(place.buffer).setUint32(0, index);
  return blake2b256(fromHex(seed), place);
}
