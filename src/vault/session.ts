/**
 * A secret that can be read without the password for a while: encrypted under a random key that is new each time. The
 * ciphertext may lie on disk, because the key never does.
 */
import * as v from 'valibot';
import { bytesOfHex, hexOf } from '../nano/hex.ts';
import { decrypt, encrypt, IV_BYTES, importKey, KEY_BYTES, randomBytes, TAG_BYTES } from './aes-gcm.ts';
import { hexText } from './password-cipher.ts';

/** What `storage.session` holds while the secret can be read. */
export const SessionText = v.strictObject({
  /** The AES-256 key, as hex digits. */
  key: hexText(KEY_BYTES),
  /** When the session ends by itself, in ms since the epoch. */
  deadline: v.number(),
});
export type Session = v.InferOutput<typeof SessionText>;

const SessionSealedText = v.strictObject({
  iv: hexText(IV_BYTES),
  ciphertext: hexText(TAG_BYTES, 4096),
});
type SessionSealed = v.InferOutput<typeof SessionSealedText>;

/** A kind of secret: its JSON, and the name that keeps its ciphertext from being taken for one of another kind. */
export interface SecretKind<T> {
  readonly context: string;
  readonly schema: v.GenericSchema<unknown, T>;
}

/** Encrypts a secret under a new key. The two go to different stores. */
export async function sealForSession<T>(
  { context }: SecretKind<T>,
  secret: T,
): Promise<{ readonly key: string; readonly sealed: SessionSealed }> {
  const raw = randomBytes(KEY_BYTES);
  const iv = randomBytes(IV_BYTES);
  const plain = new TextEncoder().encode(JSON.stringify(secret));
  try {
    const ciphertext = await encrypt({ key: await importKey(raw), iv, context }, plain);
    return { key: hexOf(raw), sealed: { iv: hexOf(iv), ciphertext: hexOf(ciphertext) } };
  } finally {
    raw.fill(0);
    plain.fill(0);
  }
}

/** Decrypts a secret with a session's key; undefined for a record that is not of this session. */
export async function openForSession<T>(
  { context, schema }: SecretKind<T>,
  key: string,
  record: unknown,
): Promise<T | undefined> {
  const read = v.safeParse(SessionSealedText, record);
  if (!read.success) return undefined;
  const raw = bytesOfHex(key);
  let plain: Uint8Array;
  try {
    const { iv, ciphertext } = read.output;
    const terms = { key: await importKey(raw), iv: bytesOfHex(iv), context };
    plain = await decrypt(terms, bytesOfHex(ciphertext));
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'OperationError') return undefined;
    throw cause;
  } finally {
    raw.fill(0);
  }
  const secret = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), new TextDecoder().decode(plain));
  plain.fill(0);
  return secret.success ? secret.output : undefined;
}
