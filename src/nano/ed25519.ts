/**
 * Nano's Ed25519 (Blake2b-512 in place of SHA-512), always over the Blake2b-256 digest of a message that is hashed
 * here: nothing in the purse signs 32 bytes that somebody else calls a digest. protocol.md section 6, "Keys".
 */

import { tools } from 'nanocurrency-web';
import type * as v from 'valibot';

/** An account's private key: 64 hex digits in lower case. */
export type PrivateKey = string & v.Brand<'PrivateKey'>;

/** Signs the Blake2b-256 digest of a message. Gives 128 hex digits in upper case; the same ones every time. */
export const signHashOf = (privateKey: PrivateKey, message: Uint8Array): string =>
  tools.sign(privateKey, ...partsOf(message)).toUpperCase();

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
