/**
 * The seed while the vault is unlocked: encrypted under a random key that is new for every unlocking. The ciphertext may
 * lie on disk, because the key never does.
 */
import * as v from 'valibot';
import { bytesOfHex, hexOf } from '../nano/hex.ts';
import { type Seed, SeedText } from '../nano/seed.ts';
import { decrypt, encrypt, IV_BYTES, importKey, KEY_BYTES, randomBytes, TAG_BYTES } from './aes-gcm.ts';
import { hexText } from './password-cipher.ts';

const CONTEXT = 'nano-purse session 1';

/** What `storage.session` holds while the vault is unlocked. */
export const SessionText = v.strictObject({
  /** The AES-256 key, as hex digits. */
  key: hexText(KEY_BYTES),
  /** When the vault locks itself, in ms since the epoch. */
  deadline: v.number(),
});
export type Session = v.InferOutput<typeof SessionText>;

const SessionSealedText = v.strictObject({
  iv: hexText(IV_BYTES),
  ciphertext: hexText(TAG_BYTES, 4096),
});
type SessionSealed = v.InferOutput<typeof SessionSealedText>;

/** Encrypts a seed under a new key. The two go to different stores. */
export async function sealForSession(
  seed: Seed,
): Promise<{ readonly key: string; readonly sealed: SessionSealed }> {
  const raw = randomBytes(KEY_BYTES);
  const iv = randomBytes(IV_BYTES);
  const plain = new TextEncoder().encode(JSON.stringify(seed));
  try {
    const ciphertext = await encrypt({ key: await importKey(raw), iv, context: CONTEXT }, plain);
    return { key: hexOf(raw), sealed: { iv: hexOf(iv), ciphertext: hexOf(ciphertext) } };
  } finally {
    raw.fill(0);
    plain.fill(0);
  }
}

/** Decrypts the seed with a session's key; undefined for a record that is not of this session. */
export async function openForSession(key: string, record: unknown): Promise<Seed | undefined> {
  const read = v.safeParse(SessionSealedText, record);
  if (!read.success) return undefined;
  const raw = bytesOfHex(key);
  let plain: Uint8Array;
  try {
    const { iv, ciphertext } = read.output;
    const terms = { key: await importKey(raw), iv: bytesOfHex(iv), context: CONTEXT };
    plain = await decrypt(terms, bytesOfHex(ciphertext));
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'OperationError') return undefined;
    throw cause;
  } finally {
    raw.fill(0);
  }
  const seed = v.safeParse(v.pipe(v.string(), v.parseJson(), SeedText), new TextDecoder().decode(plain));
  plain.fill(0);
  return seed.success ? seed.output : undefined;
}
