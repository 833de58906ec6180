/**
 * A file under a password, for data that is kept outside the browser: one JSON text with the format, its version and what
 * is needed to decrypt in the clear, and the data encrypted. All of it is authenticated.
 */
import * as v from 'valibot';
import { bytesOfBase64, encodeBase64 } from '../base64.ts';
import { Fault } from '../fault.ts';
import { KDF_PARAMETERS, type KdfParameters } from './key-derivation.ts';
import { decryptUnder, encryptUnder, kdfFields, type Lock, LockText } from './password-cipher.ts';

const FORMAT = 'nano-purse backup';
/** Goes up when this version could not read what a later one writes, in the file or in the encrypted data. */
const VERSION = 1;

/** The one part of a file that every version has. */
const AnyFileText = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ format: v.literal(FORMAT), version: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
);

const FileText = v.strictObject({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  ...LockText,
  ciphertext: v.pipe(
    v.string(),
    v.check((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text), 'not base64'),
  ),
});

/** Writes the file of data under a password, with a fresh salt and iv. */
export async function sealFile(
  data: Uint8Array<ArrayBuffer>,
  password: string,
  parameters: KdfParameters = KDF_PARAMETERS,
): Promise<string> {
  const { lock, ciphertext } = await encryptUnder(password, data, parameters, contextOf);
  return JSON.stringify({ format: FORMAT, version: VERSION, ...lock, ciphertext: encodeBase64(ciphertext) });
}

/**
 * Opens what {@link sealFile} wrote.
 *
 * @throws Fault `fault_wrongPassword`; `fault_backupNewer` for a file of a later version; `fault_backupUnreadable` for
 * a file that is damaged, or that is no backup
 */
export async function openFile(file: string, password: string): Promise<Uint8Array<ArrayBuffer>> {
  const any = v.safeParse(AnyFileText, file);
  if (!any.success) throw new Fault('fault_backupUnreadable');
  if (any.output.version > VERSION) throw new Fault('fault_backupNewer');
  const read = v.safeParse(FileText, any.output);
  if (!read.success) throw new Fault('fault_backupUnreadable');
  const { ciphertext, format: _, version: __, ...lock } = read.output;
  const sealed = { lock, ciphertext: bytesOfBase64(ciphertext) };
  return decryptUnder(password, sealed, contextOf, 'fault_backupUnreadable');
}

/** The whole header is authenticated with the data. */
const contextOf = ({ kdf, salt, iv, check }: Lock): string =>
  [FORMAT, VERSION, ...kdfFields(kdf), salt, iv, check].join(' ');
