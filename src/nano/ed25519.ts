/**
 * Nano's Ed25519 (Blake2b-512 in place of SHA-512), always over the Blake2b-256 digest of a message that is hashed
 * here: nothing in the purse signs 32 bytes that somebody else calls a digest. docs/WIRE.md §6.1.
 */

import { blake2b } from '@noble/hashes/blake2.js';
import { tools } from 'nanocurrency-web';
import * as curve from 'nanocurrency-web/dist/lib/ed25519.js';
import type * as v from 'valibot';
import { bytesOfHex, hexOf } from './hex.ts';

/** The default export of a CommonJS module: bundlers unwrap it, Node does not. */
const { default: unwrapped } = curve as {
  readonly default: Ed25519Class | { readonly default: Ed25519Class };
};
type Ed25519Class = typeof import('nanocurrency-web/dist/lib/ed25519.js').default;
const Ed25519 = 'default' in unwrapped ? unwrapped.default : unwrapped;

/** An account's private key: 64 hex digits in lower case. */
export type PrivateKey = string & v.Brand<'PrivateKey'>;

/** Signs the Blake2b-256 digest of a message. Gives 128 hex digits in upper case; the same ones every time. */
export const signHashOf = (privateKey: PrivateKey, message: Uint8Array): string =>
  tools.sign(privateKey, ...partsOf(message)).toUpperCase();

/**
 * As `signHashOf`, but another signature each time: 32 random bytes go into the secret scalar beside what makes it
 * otherwise, so that it is as secret as ever even where they are not random (RFC 8032, 5.1.6, with step 2 over random
 * bytes, prefix and message).
 */
export function signHashAnew(privateKey: PrivateKey, message: Uint8Array): string {
  const math = new Ed25519();
  const digest = blake2b(message, { dkLen: 32 });
  const key = blake2b(bytesOfHex(privateKey));
  const scalar = clamped(key.subarray(0, 32));
  const random = crypto.getRandomValues(new Uint8Array(32));
  const nonce = blake2b(concat(random, key.subarray(32), digest));
  math.reduce(nonce);

  const [commitment, publicKey, response] = [new Uint8Array(32), new Uint8Array(32), new Uint8Array(32)];
  for (const [packed, by] of [
    [commitment, nonce],
    [publicKey, scalar],
  ] as const) {
    const point = Array.from({ length: 4 }, () => math.curve.gf());
    math.scalarbase(point, by);
    math.pack(packed, point);
  }
  const challenge = blake2b(concat(commitment, publicKey, digest));
  math.reduce(challenge);
  const sum = new Float64Array(64);
  for (let i = 0; i < 32; i++) sum[i] = nonce[i] ?? 0;
  for (let i = 0; i < 32; i++) {
    for (let j = 0; j < 32; j++) sum[i + j] = (sum[i + j] ?? 0) + (challenge[i] ?? 0) * (scalar[j] ?? 0);
  }
  math.modL(response, sum);
  return hexOf(concat(commitment, response));
}

function clamped(bytes: Uint8Array): Uint8Array {
  const scalar = Uint8Array.from(bytes);
  scalar[0] = (scalar[0] ?? 0) & 0b1111_1000;
  scalar[31] = ((scalar[31] ?? 0) & 0b0111_1111) | 0b0100_0000;
  return scalar;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether a signature (128 hex digits of either case) over the Blake2b-256 digest of a message is by this key. */
export function verifyHashOf(publicKey: string, message: Uint8Array, signature: string): boolean {
  return /^[0-9a-fA-F]{128}$/.test(signature) && tools.verify(publicKey, signature, ...partsOf(message));
}

/**
 * nanocurrency-web takes text, and writes each part as hex without padding it: `\x05A` in one part would come out as
 * `541`. So a byte below 16 gets a part of its own.
 */
function partsOf(message: Uint8Array): string[] {
  const parts: string[] = [];
  let run = '';
  for (const byte of message) {
    const character = String.fromCharCode(byte);
    if (byte >= 16) {
      run += character;
    } else {
      parts.push(run, character);
      run = '';
    }
  }
  return [...parts, run];
}
