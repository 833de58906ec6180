/**
 * NOMS, the Nano Off-chain Message Signature: it signs a message with a prefix that no block's preimage can have.
 * ORIS-001; docs/WIRE.md §3.8.
 */
import { blake2b } from '@noble/hashes/blake2.js';
import type { PublicKey } from './account.ts';
import { type PrivateKey, signHashOf, verifyHashOf } from './ed25519.ts';
import { hexOf } from './hex.ts';

const MAGIC = new TextEncoder().encode('\x18Nano Off-chain Message:\n');

/** The bytes that are hashed: magic, byte length as big-endian uint32, message in UTF-8 without normalisation. */
export function nomsPayload(message: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(message);
  const payload = new Uint8Array(MAGIC.length + 4 + text.length);
  payload.set(MAGIC);
  new DataView(payload.buffer).setUint32(MAGIC.length, text.length);
  payload.set(text, MAGIC.length + 4);
  return payload;
}

/** Blake2b-256 of the payload: 64 hex digits in lower case. */
export const nomsDigest = (message: string): string =>
  hexOf(blake2b(nomsPayload(message), { dkLen: 32 })).toLowerCase();

/** Signs a message. Returns 128 hex digits in lower case. */
export const signNoms = (privateKey: PrivateKey, message: string): string =>
  signHashOf(privateKey, nomsPayload(message)).toLowerCase();

/** Whether a NOMS signature over this message is by this key. */
export const verifyNoms = (publicKey: PublicKey, message: string, signature: string): boolean =>
  verifyHashOf(publicKey, nomsPayload(message), signature);
