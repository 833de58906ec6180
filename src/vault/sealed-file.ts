/**
 * A file under a password, for whatever is to be kept outside the browser: one JSON text, with the format, its version
 * and what is needed to open it in the clear, and the data under AES-256-GCM. All of it is authenticated.
 */
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { bytesOfHex, hexOf } from '../nano/hex.ts';
import {
  deriveKey,
  IV_BYTES,
  KDF_PARAMETERS,
  type KdfParameters,
  kdfOf,
  LockText,
  SALT_BYTES,
} from './key-derivation.ts';

const FORMAT = 'nano-purse backup';
/** Goes up when a purse of today could not read what a later one writes, in the file or in what is sealed in it. */
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
type Header = Omit<v.InferOutput<typeof FileText>, 'ciphertext'>;

/** Writes the file of data under a password, with fresh salt and iv. */
export async function sealFile(
  data: Uint8Array<ArrayBuffer>,
  password: string,
  parameters: KdfParameters = KDF_PARAMETERS,
): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const kdf = kdfOf(parameters);
  const { key, check } = await deriveKey(password, salt, kdf);
  const header: Header = { format: FORMAT, version: VERSION, kdf, salt: hexOf(salt), iv: hexOf(iv), check };
  const ciphertext = await crypto.subtle.encrypt(cipher(header), key, data);
  return JSON.stringify({ ...header, ciphertext: base64Of(new Uint8Array(ciphertext)) });
}

/**
 * Opens what {@link sealFile} wrote.
 *
 * @throws Fault `fault_wrongPassword`; `fault_backupNewer` for a file of a later version; `fault_backupUnreadable` for
 * one that is damaged, or no such file at all
 */
export async function openFile(file: string, password: string): Promise<Uint8Array<ArrayBuffer>> {
  const any = v.safeParse(AnyFileText, file);
  if (!any.success) throw new Fault('fault_backupUnreadable');
  if (any.output.version > VERSION) throw new Fault('fault_backupNewer');
  const read = v.safeParse(FileText, any.output);
  if (!read.success) throw new Fault('fault_backupUnreadable');
  const { ciphertext, ...header } = read.output;
  const { key, check } = await deriveKey(password, bytesOfHex(header.salt), header.kdf);
  if (check !== header.check) throw new Fault('fault_wrongPassword');
  try {
    return new Uint8Array(await crypto.subtle.decrypt(cipher(header), key, bytesOfBase64(ciphertext)));
  } catch (cause) {
    throw new Fault('fault_backupUnreadable', [], { cause });
  }
}

/** The whole header is authenticated with the data: no part of it can be exchanged. */
function cipher(header: Header): AesGcmParams {
  const { format, version, kdf, salt, iv, check } = header;
  const fields = [format, version, kdf.name, kdf.memoryKiB, kdf.iterations, kdf.parallelism, salt, iv, check];
  return {
    name: 'AES-GCM',
    iv: bytesOfHex(iv),
    additionalData: new TextEncoder().encode(fields.join(' ')),
  };
}

/** Bytes written at one go: in groups of three, so that the pieces join; few enough to be arguments of one call. */
const PIECE = 3 * 8192;

function base64Of(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))));
  }
  return pieces.join('');
}

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
