/** From a password to a key: Argon2id (RFC 9106), with its cost written down beside whatever the key seals. */
import { argon2id } from 'hash-wasm';
import * as v from 'valibot';
import { hexOf } from '../nano/hex.ts';

/** What one guess at the password costs. */
export interface KdfParameters {
  readonly memoryKiB: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/** RFC 9106's second recommended option, one lane instead of four: WebAssembly has one thread here. */
export const KDF_PARAMETERS: KdfParameters = { memoryKiB: 64 * 1024, iterations: 3, parallelism: 1 };

const between = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** So many bytes, as hex digits in upper case. */
export const hexText = (fewest: number, most = fewest) =>
  v.pipe(v.string(), v.regex(/^(?:[0-9A-F]{2})*$/), v.minLength(2 * fewest), v.maxLength(2 * most));

export const SALT_BYTES = 16;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;
const KEY_BYTES = 32;
const CHECK_BYTES = 16;

/** The bounds are here so that a record that was tampered with cannot take the machine's memory or an hour. */
const KdfText = v.strictObject({
  name: v.literal('argon2id'),
  memoryKiB: between(1024, 512 * 1024),
  iterations: between(1, 16),
  parallelism: between(1, 4),
});
export type Kdf = v.InferOutput<typeof KdfText>;

/** What is needed to open what a password sealed, and is no secret. Bytes are hex digits. */
export const LockText = {
  kdf: KdfText,
  salt: hexText(SALT_BYTES),
  iv: hexText(IV_BYTES),
  /** The part of Argon2id's output that tells a wrong password from damaged data. It says nothing of the key. */
  check: hexText(CHECK_BYTES),
} as const;

/** Parameters under the name that stands beside what they seal. */
export const kdfOf = ({ memoryKiB, iterations, parallelism }: KdfParameters): Kdf => ({
  name: 'argon2id',
  memoryKiB,
  iterations,
  parallelism,
});

/** The key of a password, and the check that tells whether it was the right one. However the keyboard composes it. */
export async function deriveKey(
  password: string,
  salt: Uint8Array,
  { memoryKiB, iterations, parallelism }: KdfParameters,
): Promise<{ readonly key: CryptoKey; readonly check: string }> {
  const typed = new TextEncoder().encode(password.normalize('NFKC'));
  const output = await argon2id({
    password: typed,
    salt,
    memorySize: memoryKiB,
    iterations,
    parallelism,
    hashLength: KEY_BYTES + CHECK_BYTES,
    outputType: 'binary',
  });
  try {
    const raw = new Uint8Array(output.subarray(0, KEY_BYTES));
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
    raw.fill(0);
    return { key, check: hexOf(output.subarray(KEY_BYTES)) };
  } finally {
    typed.fill(0);
    output.fill(0);
  }
}
