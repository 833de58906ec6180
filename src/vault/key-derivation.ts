/** Derives a key from a password by Argon2id (RFC 9106). Its cost is written down beside the data that the key encrypts. */
import { argon2id } from 'hash-wasm';
import * as v from 'valibot';
import { hexOf } from '../nano/hex.ts';
import { importKey, KEY_BYTES } from './aes-gcm.ts';

/** What one guess at the password costs. */
export interface KdfParameters {
  readonly memoryKiB: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/** The second recommended option of RFC 9106, with one lane instead of four: WebAssembly has one thread here. */
export const KDF_PARAMETERS: KdfParameters = { memoryKiB: 64 * 1024, iterations: 3, parallelism: 1 };

/** The lengths of the salt and of the check (bytes). */
export const SALT_BYTES = 16;
export const CHECK_BYTES = 16;

const between = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** The parameters as a record has them. Bounded, so that a forged record cannot take all memory or hours of work. */
export const KdfText = v.strictObject({
  name: v.literal('argon2id'),
  memoryKiB: between(1024, 512 * 1024),
  iterations: between(1, 16),
  parallelism: between(1, 4),
});
export type Kdf = v.InferOutput<typeof KdfText>;

/** Derives the key of a password, and the check that tells whether it was the right password. */
export async function deriveKey(
  password: string,
  salt: Uint8Array,
  { memoryKiB, iterations, parallelism }: KdfParameters,
): Promise<{ readonly key: CryptoKey; readonly check: string }> {
  // The same characters give the same key, however a keyboard composes them.
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
    const key = await importKey(raw);
    raw.fill(0);
    return { key, check: hexOf(output.subarray(KEY_BYTES)) };
  } finally {
    typed.fill(0);
    output.fill(0);
  }
}
