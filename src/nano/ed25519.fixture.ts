/** For tests: compares our Ed25519-Blake2b and our derivation with nanocurrency-web's, case by case. */
import { blake2b } from '@noble/hashes/blake2.js';
import { wallet } from 'nanocurrency-web';
import * as curve from 'nanocurrency-web/dist/lib/ed25519.js';
import { type PrivateKey, publicKeyBy, signHashAnew, signHashOf, verifyHashOf } from './ed25519.ts';
import { bytesOfHex, hexOf } from './hex.ts';
import { deriveKeys } from './seed.ts';

/** The default export of a CommonJS module: bundlers unwrap it, Node does not. */
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

/** What both libraries are asked about. */
export interface SignatureCase {
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  /** Which bit of a signature or key is flipped where one is spoiled. */
  readonly bit: number;
}

/** What the libraries disagree about, in words; empty where they agree. */
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
    ['nothing by the zero key', ZERO_KEY, '0'.repeat(128)],
    ['the neutral key', NEUTRAL, NEUTRAL + '0'.repeat(64)],
  ];
  for (const [what, by, one] of asked) {
    const their = theirs.verify(digest, bytesOfHex(by), bytesOfHex(one));
    if (verifyHashOf(by, message, one) !== their) found.push(`verification of ${what}`);
  }
  return found;
}

/** Whether both derive the same account of a seed: 32 bytes are a legacy seed, 64 one of BIP39. */
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

/** The same signature with the order added to its response, as anybody can who saw it. */
function aboveOrder(signature: string): string {
  const response = BigInt(`0x${hexOf(bytesOfHex(signature.slice(64)).toReversed())}`) + ORDER;
  return signature.slice(0, 64) + hexOf(bytesOfHex(response.toString(16).padStart(64, '0')).toReversed());
}
