/**
 * The seed while the vault is unlocked: encrypted under a random key that is made for this one time. The ciphertext may
 * lie on disk, because the key never does.
 */
import * as v from 'valibot';
import { bytesOfHex, hexOf } from '../nano/hex.ts';
import { type Seed, SeedText } from '../nano/seed.ts';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const PURPOSE = new TextEncoder().encode('nano-purse session 1');

/** What `storage.session` holds while the vault is unlocked. */
export const SessionText = v.strictObject({
  /** AES-256 key, 64 hex digits. */
  key: v.pipe(v.string(), v.regex(/^[0-9A-F]{64}$/)),
  /** When the vault locks itself, in ms since the epoch. */
  deadline: v.number(),
});
export type Session = v.InferOutput<typeof SessionText>;

const SessionSealedText = v.strictObject({
  iv: v.pipe(v.string(), v.regex(/^[0-9A-F]{24}$/)),
  ciphertext: v.pipe(v.string(), v.regex(/^(?:[0-9A-F]{2})+$/)),
});
type SessionSealed = v.InferOutput<typeof SessionSealedText>;

/** Encrypts a seed under a new key. The two go to different stores. */
export async function sealForSession(
  seed: Seed,
): Promise<{ readonly key: string; readonly sealed: SessionSealed }> {
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const plain = new TextEncoder().encode(JSON.stringify(seed));
  try {
    const ciphertext = await crypto.subtle.encrypt(cipher(iv), await importKey(key), plain);
    return { key: hexOf(key), sealed: { iv: hexOf(iv), ciphertext: hexOf(new Uint8Array(ciphertext)) } };
  } finally {
    key.fill(0);
    plain.fill(0);
  }
}

/** The seed under a session key; undefined when the record is not one of this session's. */
export async function openForSession(key: string, record: unknown): Promise<Seed | undefined> {
  const read = v.safeParse(SessionSealedText, record);
  if (!read.success) return undefined;
  const raw = bytesOfHex(key);
  let plain: Uint8Array;
  try {
    const { iv, ciphertext } = read.output;
    const imported = await importKey(raw);
    plain = new Uint8Array(
      await crypto.subtle.decrypt(cipher(bytesOfHex(iv)), imported, bytesOfHex(ciphertext)),
    );
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

const importKey = (raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);

const cipher = (iv: Uint8Array<ArrayBuffer>): AesGcmParams => ({
  name: 'AES-GCM',
  iv,
  additionalData: PURPOSE,
});
