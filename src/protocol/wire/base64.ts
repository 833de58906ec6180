const STANDARD = /^[A-Za-z0-9+/]+$/;
const URL_SAFE = /^[A-Za-z0-9_-]+$/;

/** The last digits that leave no bits over, by how many digits stand in the last group of four. */
const WHOLE_BYTES: Readonly<Record<number, RegExp>> = { 0: /./, 2: /[AQgw]$/, 3: /[AEIMQUYcgkosw048]$/ };

/**
 * Reads base64 in the standard or the URL-safe alphabet, with its whole padding or none (docs/WIRE.md §4.1).
 * Undefined for anything else: mixed alphabets, wrong padding, left-over bits, an empty text, a comma that joins two
 * headers.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/={1,2}$/, '');
  if (digits.length !== text.length && text.length % 4 !== 0) return undefined;
  if (!STANDARD.test(digits) && !URL_SAFE.test(digits)) return undefined;
  if (!WHOLE_BYTES[digits.length % 4]?.test(digits)) return undefined;

  const binary = atob(digits.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Writes standard, padded base64: the one form that every reference server reads (docs/WIRE.md §4.1). */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
