/** For tests: compares this module's Ed25519-Blake2b and key derivation with those of nanocurrency-web. */
import { blake2b } from '@noble/hashes/blake2.js';
import { wallet } from 'nanocurrency-web';
import * as curve from 'nanocurrency-web/dist/lib/ed25519.js';
import { type PrivateKey, publicKeyBy, signHashAnew, signHashOf, verifyHashOf } from './ed25519.ts';
import { bytesOfHex, hexOf } from './hex.ts';
import { deriveKeys } from './seed.ts';

/** The default export of a CommonJS module, which bundlers unwrap and Node does not. */
const { default: unwrapped } = curve as {
  readonly default: Ed25519Class | { readonly default: Ed25519Class };
};
type Ed25519Class = typeof import('nanocurrency-web/dist/lib/ed25519.js').default;
const Ed25519 = 'default' in unwrapped ? unwrapped.default : unwrapped;
const theirs = new Ed25519();

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const ZERO_KEY = '0'.repeat(64);
/** The encoding of the neutral element. */
const NEUTRAL = '01'.padEnd(64, '0');

/** The input of one comparison. */
export interface SignatureCase {
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  /** The index of the bit that is flipped to make a signature or key invalid. */
  readonly bit: number;
}

/** Names the results in which the two libraries differ; empty where they agree. */
export function disagreements({ key, message, bit }: SignatureCase): readonly string[] {
  const privateKey = hexOf(key).toLowerCase() as PrivateKey;
  const digest = blake2b(message, { dkLen: 32 });
  const publicKey = publicKeyBy(privateKey);
  const signature = signHashOf(privateKey, message);
  const anew = signHashAnew(privateKey, message);
  const found: string[] = [];
  if (theirs.generateKeys(privateKey).publicKey.toUpperCase() !== publicKey) found.push('public key');
  if (hexOf(Uint8Array.from(theirs.sign(digest, key))) !== signature) found.push('signature');
  const asked: readonly (readonly [what: string, by: string, signature: string])[] = [
    ['own', publicKey, signature],
    ['made anew', publicKey, anew],
    ['a flipped bit', publicKey, flipped(signature, bit)],
    ['a flipped bit of the key', flipped(publicKey, bit % 256), signature],
    ['a response above the order', publicKey, aboveOrder(signature)],
    ['a response with high bits', publicKey, `${signature.slice(0, 126)}F${signature.slice(127)}`],
    ['the zero key', ZERO_KEY, signature],
    ['an all-zero signature by the zero key', ZERO_KEY, '0'.repeat(128)],
    ['the neutral key', NEUTRAL, NEUTRAL + '0'.repeat(64)],
  ];
  for (const [what, by, one] of asked) {
    const their = theirs.verify(digest, bytesOfHex(by), bytesOfHex(one));
    if (verifyHashOf(by, message, one) !== their) found.push(`verification of ${what}`);
  }
  return found;
}

/** Whether both derive the same account from a seed: 32 bytes are a legacy seed, 64 bytes a BIP39 seed. */
export function derivesAlike(seed: Uint8Array, index: number): boolean {
  const hex = hexOf(seed).toLowerCase();
  const isLegacy = seed.length === 32;
  const own = deriveKeys({ kind: isLegacy ? 'legacy' : 'bip44', hex }, index);
  const [their] = (isLegacy ? wallet.legacyAccounts : wallet.accounts)(hex, index, index);
  return their?.address === own.address && their.privateKey === own.privateKey;
}

function flipped(hex: string, bit: number): string {
  const bytes = bytesOfHex(hex);
  const place = bit >> 3;
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (bit & 7));
  return hexOf(bytes);
}

/** The same signature with the group's order added to its response. Making it needs no key. */
function aboveOrder(signature: string): string {
  const response = BigInt(`0x${hexOf(bytesOfHex(signature.slice(64)).toReversed())}`) + ORDER;
  return signature.slice(0, 64) + hexOf(bytesOfHex(response.toString(16).padStart(64, '0')).toReversed());
}
