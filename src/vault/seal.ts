/**
 * A secret under a password: Argon2id makes the key, AES-256-GCM seals. What is needed to open it, and is no secret,
 * lies beside it, so that the cost of guessing can be raised later.
 */
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { bytesOfHex, hexOf } from '../nano/hex.ts';
import {
  deriveKey,
  hexText,
  IV_BYTES,
  KDF_PARAMETERS,
  type Kdf,
  type KdfParameters,
  kdfOf,
  LockText,
  SALT_BYTES,
  TAG_BYTES,
} from './key-derivation.ts';

/** Sealed data as plain JSON; bytes are hex digits. */
export type SealedRecord = v.InferOutput<typeof SealedRecordText>;

export const SealedRecordText = v.strictObject({
  version: v.literal(1),
  ...LockText,
  ciphertext: hexText(TAG_BYTES, 4096),
});

/** Seals a secret under a password, with fresh salt and iv. The secret's bytes stay with the caller. */
export async function seal(
  secret: Uint8Array<ArrayBuffer>,
  password: string,
  parameters: KdfParameters = KDF_PARAMETERS,
): Promise<SealedRecord> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const kdf = kdfOf(parameters);
  const { key, check } = await deriveKey(password, salt, kdf);
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
  const { key, check } = await deriveKey(password, bytesOfHex(sealed.salt), sealed.kdf);
  if (check !== sealed.check) throw new Fault('fault_wrongPassword');
  try {
    const algorithm = cipher(bytesOfHex(sealed.iv), sealed.kdf);
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, bytesOfHex(sealed.ciphertext)));
  } catch (cause) {
    throw new Fault('fault_vaultUnreadable', [], { cause });
  }
}

/** Whether a guess at this record costs less than one at these parameters: less memory, or less work altogether. */
export const isWeaker = ({ kdf }: Pick<SealedRecord, 'kdf'>, parameters: KdfParameters): boolean =>
  kdf.memoryKiB < parameters.memoryKiB ||
  kdf.memoryKiB * kdf.iterations < parameters.memoryKiB * parameters.iterations;

/** The parameters are authenticated with the data: none of them can be exchanged. */
function cipher(iv: Uint8Array<ArrayBuffer>, kdf: Kdf): AesGcmParams {
  const fields = ['nano-purse sealed 1', kdf.name, kdf.memoryKiB, kdf.iterations, kdf.parallelism];
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(fields.join(' ')) };
}
