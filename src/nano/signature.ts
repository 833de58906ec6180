import type { PublicKey } from './account.ts';
import { type PrivateKey, signHashOf, verifyHashOf } from './ed25519.ts';

/**
 * Signs Blake2b-256 of a text's UTF-8 bytes, as x402.NanoSession Revision 7 requires for block hash and URL
 * (docs/WIRE.md §3.5). Returns 128 hex digits in upper case; verifiers accept either case.
 *
 * Block hashes are digests of the same kind, and a state block's preimage starts with a zero byte. A text that starts
 * with a zero byte is refused, so that no text can be the preimage of a block that spends.
 *
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
