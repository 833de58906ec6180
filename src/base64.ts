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

  return bytesOfBase64(digits.replaceAll('-', '+').replaceAll('_', '/'));
}

/** The bytes of a text that is known to be standard base64. @throws DOMException for any other text */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Bytes that are written at once: a multiple of three, so that the pieces join; few enough to be arguments of a call. */
const PIECE = 3 * 8192;

/** Writes standard, padded base64: the one form that every reference server reads (docs/WIRE.md §4.1). */
export function encodeBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))));
  }
  return pieces.join('');
}
