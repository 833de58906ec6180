const STANDARD = /^[A-Za-z0-9+/]+$/;
const URL_SAFE = /^[A-Za-z0-9_-]+$/;

/**
 * Reads base64 in the standard or the URL-safe alphabet, with its whole padding or none (protocol.md section 4,
 * row 1). Undefined for anything else: mixed alphabets, wrong padding, left-over bits, an empty text, a comma that
 * joins two headers.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/={1,2}$/, '');
  const padded = digits.length !== text.length;
  if (padded && text.length % 4 !== 0) return undefined;
  if (!STANDARD.test(digits) && !URL_SAFE.test(digits)) return undefined;
  if (digits.length % 4 === 1) return undefined;

  const standard = digits.replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(standard), (character) => character.charCodeAt(0));
  return encodeBase64(bytes).startsWith(standard) ? bytes : undefined;
}

/** Writes standard, padded base64: the one form that every reference server reads (protocol.md section 0). */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
