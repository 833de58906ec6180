/**
 * Seeds, and the derivation of their accounts. docs/WIRE.md §6.1; docs.nano.org, "Key management". All randomness comes
 * from `crypto.getRandomValues`.
 */
import { blake2b } from '@noble/hashes/blake2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { entropyToMnemonic, mnemonicToEntropy, mnemonicToSeedSync } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { addressOf, type NanoAddress, type PublicKey } from './account.ts';
import { type PrivateKey, publicKeyBy } from './ed25519.ts';
import { bytesOfHex, hexOf } from './hex.ts';

/** The secret that keys are derived from: a BIP39 seed of 128 hex digits, or a legacy Nano seed of 64; lower case. */
export type Seed =
  | { readonly kind: 'bip44'; readonly hex: string }
  | { readonly kind: 'legacy'; readonly hex: string };

/** What the user backs up: words with the derivation that the user chose (`reading`), or the hex digits of a seed. */
export type SeedSource =
  | { readonly kind: 'words'; readonly words: string; readonly reading: Seed['kind'] }
  | { readonly kind: 'seed'; readonly hex: string };

/** Schema of a seed in the vault's stores. */
export const SeedText = v.variant('kind', [
  v.strictObject({ kind: v.literal('bip44'), hex: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)) }),
  v.strictObject({ kind: v.literal('legacy'), hex: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
]);

/** Schema of a private key in the vault's stores. */
export const PrivateKeyText = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/),
  v.transform((hex) => hex as PrivateKey),
);

/** Schema of a {@link SeedSource} in the vault's stores and messages. {@link seedOf} checks the words or digits. */
export const SeedSourceText = v.variant('kind', [
  v.strictObject({
    kind: v.literal('words'),
    words: v.string(),
    reading: v.picklist(['bip44', 'legacy']),
  }),
  v.strictObject({ kind: v.literal('seed'), hex: v.string() }),
]);

/** The keys of one account of a seed. */
export interface AccountKeys {
  readonly address: NanoAddress;
  readonly publicKey: PublicKey;
  readonly privateKey: PrivateKey;
}

/** The number of accounts of a seed that are ever used. A restored seed is searched for all of them. */
export const MOST_ACCOUNTS = 8;

/** The length of a phrase whose 256 bits can be a legacy seed. */
const LEGACY_WORDS = 24;
const TEST_SEED_KEY = 'nano-purse test money 1';
const HARDENED = 2 ** 31;
const LEGACY_INDEXES = 2 ** 32;

/** Makes 24 new words from 256 bits of the system's random source. */
export function newWords(): string {
  const entropy = crypto.getRandomValues(new Uint8Array(32));
  try {
    return entropyToMnemonic(entropy, wordlist);
  } finally {
    entropy.fill(0);
  }
}

/**
 * The seeds that words of a standard length can encode: BIP39 with BIP44 derivation (Ledger, most wallets), and of 24
 * words a legacy seed written as words (Natrium, Nault). Only the user knows which one applies. Case and spacing do not
 * matter.
 *
 * @throws Fault `fault_badWords`
 */
export function readWords(words: string): { readonly bip44: Seed; readonly legacy: Seed | null } {
  const mnemonic = tidyWords(words);
  const isLong = mnemonic.split(' ').length === LEGACY_WORDS;
  return {
    bip44: bip44SeedOf(mnemonic),
    legacy: isLong ? { kind: 'legacy', hex: entropyHexOf(mnemonic) } : null,
  };
}

/** The BIP39 seed of words of any standard length. @throws Fault `fault_badWords` */
export function bip44SeedOf(words: string, passphrase = ''): Seed {
  const mnemonic = tidyWords(words);
  entropyHexOf(mnemonic);
  return { kind: 'bip44', hex: lowerHexOf(mnemonicToSeedSync(mnemonic, passphrase)) };
}

/** Reads a seed in hex digits: 64 are a legacy seed, 128 a BIP39 seed. @throws Fault `fault_badSeed` */
export function readSeedHex(text: string): Seed {
  const hex = text.trim().toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return { kind: 'legacy', hex };
  if (/^[0-9a-f]{128}$/.test(hex)) return { kind: 'bip44', hex };
  throw new Fault('fault_badSeed');
}

/** Returns the canonical spelling of words or digits that make a seed. @throws as {@link seedOf} */
export function canonicalSource(source: SeedSource): SeedSource {
  const { hex } = seedOf(source);
  return source.kind === 'words' ? { ...source, words: tidyWords(source.words) } : { kind: 'seed', hex };
}

/** The seed of the words or digits that the user backed up. @throws Fault `fault_badWords`, `fault_badSeed` */
export function seedOf(source: SeedSource): Seed {
  if (source.kind === 'seed') return readSeedHex(source.hex);
  const seed = readWords(source.words)[source.reading];
  if (seed === null) throw new Fault('fault_badWords');
  return seed;
}

/** Whether a network's money has no value: such networks have keys of their own. */
export interface SeedUse {
  readonly testMoney: boolean;
}

/**
 * The seed that accounts on a network are derived from. A block names no network, and one that was signed for test money would
 * move real money where its account exists on the live network too; so test money has a seed of its own, which no one can
 * compute the user's from.
 */
export const seedFor = ({ testMoney }: SeedUse, seed: Seed): Seed =>
  testMoney ? { kind: 'legacy', hex: testSeedHexOf(seed) } : seed;

/** Blake2b-256 over the seed's bytes, keyed with a name (RFC 7693, section 2.9). docs/WIRE.md §6.1. */
const testSeedHexOf = ({ hex }: Seed): string =>
  lowerHexOf(blake2b(bytesOfHex(hex), { key: utf8ToBytes(TEST_SEED_KEY), dkLen: 32 }));

/** The keys of the account at an index. @throws RangeError for an index outside the derivation's range */
export function deriveKeys(seed: Seed, index: number): AccountKeys {
  const indexes = seed.kind === 'bip44' ? HARDENED : LEGACY_INDEXES;
  if (!Number.isInteger(index) || index < 0 || index >= indexes)
    throw new RangeError('no such account index');
  const derive = seed.kind === 'bip44' ? bip44KeyAt : legacyKeyAt;
  return keysOf(derive(bytesOfHex(seed.hex), index));
}

/** The keys of the account of a private key. */
export function keysOf(privateKey: PrivateKey): AccountKeys {
  const publicKey = publicKeyBy(privateKey) as PublicKey;
  return { address: addressOf(publicKey), publicKey, privateKey };
}

/** Blake2b-256 over the seed and the index in four bytes, big-endian (docs.nano.org, "Key management"). */
const legacyKeyAt = (seed: Uint8Array, index: number): PrivateKey =>
  lowerHexOf(blake2b(concatBytes(seed, uint32(index)), { dkLen: 32 })) as PrivateKey;

/** SLIP-0010 for ed25519 on the path m/44'/165'/index', all of it hardened. */
function bip44KeyAt(seed: Uint8Array, index: number): PrivateKey {
  let node = hmac(sha512, utf8ToBytes('ed25519 seed'), seed);
  for (const step of [44, 165, index]) {
    const data = concatBytes(Uint8Array.of(0), node.subarray(0, 32), uint32(step + HARDENED));
    node = hmac(sha512, node.subarray(32), data);
  }
  return lowerHexOf(node.subarray(0, 32)) as PrivateKey;
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

const tidyWords = (words: string): string =>
  words.normalize('NFKD').trim().toLowerCase().split(/\s+/).join(' ');

function entropyHexOf(mnemonic: string): string {
  try {
    return lowerHexOf(mnemonicToEntropy(mnemonic, wordlist));
  } catch {
    // The library's message names the unknown word, and an error must not carry a part of a secret.
    throw new Fault('fault_badWords');
  }
}

function lowerHexOf(secret: Uint8Array): string {
  try {
    return hexOf(secret).toLowerCase();
  } finally {
    secret.fill(0);
  }
}
