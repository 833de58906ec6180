/**
 * Nano's Ed25519: RFC 8032 with Blake2b-512 in place of SHA-512, over the Blake2b-256 digest of a message. The digest
 * is always computed here: a digest from outside could be the hash of a block, and is never signed. docs/WIRE.md §6.1.
 */

import { eddsa } from '@noble/curves/abstract/edwards.js';
import { ed25519 as curve25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import type * as v from 'valibot';
import { bytesOfHex, hexOf } from './hex.ts';

const { Point } = curve25519;
const { Fn } = Point;
const nano = eddsa(Point, blake2b, { adjustScalarBytes: clamped });

/** An account's private key: 64 hex digits in lower case. */
export type PrivateKey = string & v.Brand<'PrivateKey'>;

/** The public key of a private key, 64 hex digits in upper case. */
export const publicKeyBy = (privateKey: PrivateKey): string =>
  hexOf(nano.getPublicKey(bytesOfHex(privateKey)));

/** Signs the Blake2b-256 digest of a message, deterministically. Returns 128 hex digits in upper case. */
export const signHashOf = (privateKey: PrivateKey, message: Uint8Array): string =>
  hexOf(nano.sign(digestOf(message), bytesOfHex(privateKey)));

/**
 * Signs like `signHashOf`, but returns another signature each time. The nonce is that of RFC 8032, 5.1.6, step 2, with
 * 32 random bytes before the prefix and the message. The secret prefix stays in it, so that the nonce is secret even if
 * the random source fails.
 */
export function signHashAnew(privateKey: PrivateKey, message: Uint8Array): string {
  const { prefix, scalar, pointBytes } = nano.utils.getExtendedPublicKey(bytesOfHex(privateKey));
  const digest = digestOf(message);
  const random = crypto.getRandomValues(new Uint8Array(32));
  const nonce = scalarOf(blake2b(concatBytes(random, prefix, digest)));
  const commitment = Point.BASE.multiply(nonce).toBytes();
  const challenge = scalarOf(blake2b(concatBytes(commitment, pointBytes, digest)));
  const response = Fn.create(nonce + challenge * scalar);
  return hexOf(concatBytes(commitment, Fn.toBytes(response)));
}

/**
 * Whether a signature (128 hex digits of either case) over the Blake2b-256 digest of a message is by this key. Follows
 * the rules of Nano nodes (ed25519-donna): compares the encoded commitment byte for byte, and accepts a response above
 * the group's order if its three highest bits are zero.
 */
export function verifyHashOf(publicKey: string, message: Uint8Array, signature: string): boolean {
  if (!/^[0-9a-fA-F]{128}$/.test(signature)) return false;
  const bytes = bytesOfHex(signature);
  const [commitment, response] = [bytes.subarray(0, 32), bytes.subarray(32)];
  if (((response[31] ?? 0) & 0b1110_0000) !== 0) return false;
  const key = bytesOfHex(publicKey);
  const point = pointOf(key);
  if (point === null) return false;
  const challenge = scalarOf(blake2b(concatBytes(commitment, key, digestOf(message))));
  const expected = Point.BASE.multiplyUnsafe(scalarOf(response)).subtract(point.multiplyUnsafe(challenge));
  return hexOf(expected.toBytes()) === hexOf(commitment);
}

const digestOf = (message: Uint8Array): Uint8Array => blake2b(message, { dkLen: 32 });

/** The point of a public key; null where the bytes encode none. */
function pointOf(publicKey: Uint8Array) {
  try {
    return Point.fromBytes(publicKey, true);
  } catch {
    return null;
  }
}

/** Reads little-endian bytes as a number modulo the order of the group. */
function scalarOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return Fn.create(value);
}

function clamped(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const scalar = Uint8Array.from(bytes);
  scalar[0] = (scalar[0] ?? 0) & 0b1111_1000;
  scalar[31] = ((scalar[31] ?? 0) & 0b0111_1111) | 0b0100_0000;
  return scalar;
}
