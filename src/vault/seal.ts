/** A secret that is encrypted under a password, as a record of plain JSON. */
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { bytesOfHex, hexOf } from '../nano/hex.ts';
import { TAG_BYTES } from './aes-gcm.ts';
import { KDF_PARAMETERS, type KdfParameters } from './key-derivation.ts';
import { decryptUnder, encryptUnder, hexText, kdfFields, type Lock, LockText } from './password-cipher.ts';

/** Sealed data as plain JSON; bytes are hex digits. */
export type SealedRecord = v.InferOutput<typeof SealedRecordText>;

/** Schema of sealed data. */
export const SealedRecordText = v.strictObject({
  version: v.literal(1),
  ...LockText,
  ciphertext: hexText(TAG_BYTES, 4096),
});

/** Seals a secret under a password, with a fresh salt and iv. The secret's bytes stay with the caller. */
export async function seal(
  secret: Uint8Array<ArrayBuffer>,
  password: string,
  parameters: KdfParameters = KDF_PARAMETERS,
): Promise<SealedRecord> {
  const { lock, ciphertext } = await encryptUnder(password, secret, parameters, contextOf);
  return { version: 1, ...lock, ciphertext: hexOf(ciphertext) };
}

/**
 * Opens what {@link seal} sealed. The caller zeroes the bytes it gets.
 *
 * @throws Fault `fault_wrongPassword`; `fault_vaultUnreadable` for a record that is damaged, or that is no sealed record
 */
export async function unseal(record: unknown, password: string): Promise<Uint8Array<ArrayBuffer>> {
  const read = v.safeParse(SealedRecordText, record);
  if (!read.success) throw new Fault('fault_vaultUnreadable');
  if (password === '') throw new Fault('fault_wrongPassword');
  const { version: _, ciphertext, ...lock } = read.output;
  const sealed = { lock, ciphertext: bytesOfHex(ciphertext) };
  return decryptUnder(password, sealed, contextOf, 'fault_vaultUnreadable');
}

/** Whether a guess at this record costs less than one at these parameters: less memory, or less work in all. */
export const isWeaker = ({ kdf }: Pick<SealedRecord, 'kdf'>, parameters: KdfParameters): boolean =>
  kdf.memoryKiB < parameters.memoryKiB ||
  kdf.memoryKiB * kdf.iterations < parameters.memoryKiB * parameters.iterations;

const contextOf = ({ kdf }: Lock): string => ['nano-purse sealed 1', ...kdfFields(kdf)].join(' ');
