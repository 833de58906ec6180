import { blake2b256, verify } from '../devnet/crypto.ts';
import { type AccountKey, fromHex, type Hex32 } from '../devnet/hex.ts';

const MAGIC = new TextEncoder().encode('\u0018Nano Off-chain Message:\n');

/** The digest that stands for a text off the chain: Blake2b-256(magic || uint32be length || UTF-8) (ORIS-001, NOMS). */
export function nomsDigest(text: string): Hex32 {
  const message = new TextEncoder().encode(text);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, message.length);
  return blake2b256(MAGIC, length, message);
}

/** Whether the account signed the text. The signature is 128 hex digits. */
export function isNomsSigned(text: string, signature: string, account: AccountKey): boolean {
  return verify(signature, fromHex(nomsDigest(text)), account);
}
