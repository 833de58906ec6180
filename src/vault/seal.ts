/**
 * A secret under a password: Argon2id (RFC 9106) makes the key, AES-256-GCM seals. What is needed to open it, and is
 * no secret, lies beside it, so that the cost of guessing can be raised later.
 */
import { argon2id } from 'hash-wasm';
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { bytesOfHex, hexOf } from '../nano/hex.ts';

/** What one guess at the password costs. */
export interface KdfParameters {
  readonly memoryKiB: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/** RFC 9106's second recommended option, one lane instead of four: WebAssembly has one thread here. */
export const KDF_PARAMETERS: KdfParameters = { memoryKiB: 64 * 1024, iterations: 3, parallelism: 1 };

/** Sealed data as plain JSON; bytes are hex digits. */
export type SealedRecord = v.InferOutput<typeof SealedRecordText>;

const between = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const hex = (fewest: number, most = fewest) =>
  v.pipe(v.string(), v.regex(/^(?:[0-9A-F]{2})*$/), v.minLength(2 * fewest), v.maxLength(2 * most));

const SALT_BYTES = 16;
const IV_BYTES = 12;
const KEY_BYTES = 32;
const CHECK_BYTES = 16;
const TAG_BYTES = 16;

/** The bounds are here so that a record that was tampered with cannot take the machine's memory or an hour. */
export const SealedRecordText = v.strictObject({
  version: v.literal(1),
  kdf: v.strictObject({
    name: v.literal('argon2id'),
    memoryKiB: between(1024, 512 * 1024),
    iterations: between(1, 16),
    parallelism: between(1, 4),
  }),
  salt: hex(SALT_BYTES),
  iv: hex(IV_BYTES),
  /** The part of Argon2id's output that tells a wrong password from damaged data. It says nothing of the key. */
  check: hex(CHECK_BYTES),
  ciphertext: hex(TAG_BYTES, 4096),
});

/** Seals a secret under a password, with fresh salt and iv. The secret's bytes stay with the caller. */
export async function seal(
  secret: Uint8Array<ArrayBuffer>,
  password: string,
  parameters: KdfParameters = KDF_PARAMETERS,
): Promise<SealedRecord> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const { memoryKiB, iterations, parallelism } = parameters;
  const kdf = { name: 'argon2id', memoryKiB, iterations, parallelism } as const;
  const { key, check } = await stretch(password, salt, kdf);
  const ciphertext = await crypto.subtle.encrypt(cipher(iv, kdf), key, secret);
  return {
    version: 1,
    kdf,
    salt: hexOf(salt),
    iv: hexOf(iv),
    check,
    ciphertext: hexOf(new Uint8Array(ciphertext)),
  };
}

/**
 * Opens what {@link seal} sealed. The caller zeroes the bytes it gets.
 * @throws Fault `fault_wrongPassword`; `fault_vaultUnreadable` for a record that is damaged or not one at all
 */
export async function unseal(record: unknown, password: string): Promise<Uint8Array<ArrayBuffer>> {
  const read = v.safeParse(SealedRecordText, record);
  if (!read.success) throw new Fault('fault_vaultUnreadable');
  if (password === '') throw new Fault('fault_wrongPassword');
  const sealed = read.output;
  const { key, check } = await stretch(password, bytesOfHex(sealed.salt), sealed.kdf);
  if (check !== sealed.check) throw new Fault('fault_wrongPassword');
  try {
    const algorithm = cipher(bytesOfHex(sealed.iv), sealed.kdf);
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, bytesOfHex(sealed.ciphertext)));
  } catch (cause) {
    throw new Fault('fault_vaultUnreadable', [], { cause });
  }
}

/** Whether a record was sealed at a lower cost than this. */
export const isWeaker = ({ kdf }: SealedRecord, parameters: KdfParameters): boolean =>
  kdf.memoryKiB * kdf.iterations < parameters.memoryKiB * parameters.iterations;

async function stretch(
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

/** The parameters are authenticated with the data: none of them can be exchanged. */
function cipher(iv: Uint8Array<ArrayBuffer>, kdf: SealedRecord['kdf']): AesGcmParams {
  const fields = ['nano-purse sealed 1', kdf.name, kdf.memoryKiB, kdf.iterations, kdf.parallelism];
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(fields.join(' ')) };
}
