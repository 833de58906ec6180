/** AES-256-GCM, the one cipher of the vault: its key, its iv, and a text that is authenticated with the data. */

/** The lengths of a key, of an iv and of the tag that AES-GCM appends to a ciphertext (bytes). */
export const KEY_BYTES = 32;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

/** What a ciphertext is bound to: it decrypts only under the same key, iv and context. */
interface CipherTerms {
  readonly key: CryptoKey;
  /** Fresh for every encryption under a key. */
  readonly iv: Uint8Array<ArrayBuffer>;
  /** Authenticated, but not encrypted. */
  readonly context: string;
}

/** Imports the bytes of a key. They stay with the caller, who zeroes them. */
export function importKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** Random bytes from the system's generator. */
export function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** Encrypts bytes. The result ends with the tag. The bytes of `plain` stay with the caller. */
export async function encrypt(
  { key, ...terms }: CipherTerms,
  plain: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.encrypt(algorithmOf(terms), key, plain));
}

/** @throws DOMException `OperationError` for a ciphertext that was not made on these terms */
export async function decrypt(
  { key, ...terms }: CipherTerms,
  ciphertext: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.decrypt(algorithmOf(terms), key, ciphertext));
}

function algorithmOf({ iv, context }: Omit<CipherTerms, 'key'>): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(context) };
}
