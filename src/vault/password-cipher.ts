/**
 * Encrypts under a password: Argon2id makes the key, AES-256-GCM encrypts. The parameters, salt and iv are no secret and are
 * stored beside the ciphertext, so that the cost of a guess can be raised later.
 */
import * as v from 'valibot';
import { Fault, type FaultKey } from '../fault.ts';
import { bytesOfHex, hexOf } from '../nano/hex.ts';
import { decrypt, encrypt, IV_BYTES, randomBytes } from './aes-gcm.ts';
import {
  CHECK_BYTES,
  deriveKey,
  type Kdf,
  type KdfParameters,
  KdfText,
  SALT_BYTES,
} from './key-derivation.ts';

/** Schema of between `fewest` and `most` bytes, as hex digits in upper case. */
export const hexText = (fewest: number, most = fewest) =>
  v.pipe(v.string(), v.regex(/^(?:[0-9A-F]{2})*$/), v.minLength(2 * fewest), v.maxLength(2 * most));

/** The fields that stand beside a ciphertext. Bytes are hex digits. */
export const LockText = {
  kdf: KdfText,
  salt: hexText(SALT_BYTES),
  iv: hexText(IV_BYTES),
  /** A part of Argon2id's output that tells a wrong password from damaged data. The key does not follow from it. */
  check: hexText(CHECK_BYTES),
} as const;

/** What is needed to decrypt, besides the password. */
export interface Lock {
  readonly kdf: Kdf;
  readonly salt: string;
  readonly iv: string;
  readonly check: string;
}

/** The parameters as the text that is authenticated with the data has them. */
export const kdfFields = (kdf: Kdf): readonly (string | number)[] => [
  kdf.name,
  kdf.memoryKiB,
  kdf.iterations,
  kdf.parallelism,
];

/** The text that is authenticated with the data: no part of it can be exchanged. */
type ContextOf = (lock: Lock) => string;

/** Encrypts under a password, with a fresh salt and iv. The bytes of `plain` stay with the caller. */
export async function encryptUnder(
  password: string,
  plain: Uint8Array<ArrayBuffer>,
  { memoryKiB, iterations, parallelism }: KdfParameters,
  contextOf: ContextOf,
): Promise<{ readonly lock: Lock; readonly ciphertext: Uint8Array<ArrayBuffer> }> {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const kdf: Kdf = { name: 'argon2id', memoryKiB, iterations, parallelism };
  const { key, check } = await deriveKey(password, salt, kdf);
  const lock: Lock = { kdf, salt: hexOf(salt), iv: hexOf(iv), check };
  return { lock, ciphertext: await encrypt({ key, iv, context: contextOf(lock) }, plain) };
}

/**
 * Decrypts what {@link encryptUnder} encrypted. The caller zeroes the bytes it gets.
 *
 * @throws Fault `fault_wrongPassword`; `damaged` where the ciphertext, or what stands beside it, was changed
 */
export async function decryptUnder(
  password: string,
  { lock, ciphertext }: { readonly lock: Lock; readonly ciphertext: Uint8Array<ArrayBuffer> },
  contextOf: ContextOf,
  damaged: FaultKey,
): Promise<Uint8Array<ArrayBuffer>> {
  const { key, check } = await deriveKey(password, bytesOfHex(lock.salt), lock.kdf);
  if (check !== lock.check) throw new Fault('fault_wrongPassword');
  try {
    return await decrypt({ key, iv: bytesOfHex(lock.iv), context: contextOf(lock) }, ciphertext);
  } catch (cause) {
    throw new Fault(damaged, [], { cause });
  }
}
