import type { PublicKey } from './account.ts';
import { type PrivateKey, signHashOf, verifyHashOf } from './ed25519.ts';

/**
 * Signs Blake2b-256 of a text's UTF-8 bytes, as x402.NanoSession Revision 7 wants it of block hash and URL
 * (docs/WIRE.md §3.5). Gives 128 hex digits in upper case; a verifier takes either case.
 *
 * The digest is in the same domain as block hashes. A state block's preimage starts with a zero byte, so a text that
 * starts with one is refused: no text anyone supplies can be a block that spends.
 * @throws RangeError for such a text
 */
export function signDigestOfText(privateKey: PrivateKey, text: string): string {
  const message = new TextEncoder().encode(text);
  if (message[0] === 0) throw new RangeError('a text to sign must not look like a block');
  return signHashOf(privateKey, message);
}

/** Whether a signature of {@link signDigestOfText} over this text is by this key. */
export const verifyDigestOfText = (publicKey: PublicKey, text: string, signature: string): boolean =>
  verifyHashOf(publicKey, new TextEncoder().encode(text), signature);
