import { deepEqual, equal, ok } from 'node:assert/strict';
import * as v from 'valibot';
import { addressOf, type PublicKey, publicKeyOf, readAddress } from '../../src/nano/account.ts';
import { formatAccountId, parseAccountId } from '../../src/nano/account-id.ts';
import type { PrivateKey } from '../../src/nano/ed25519.ts';
import { MAINNET } from '../../src/nano/network.ts';
import { bip44SeedOf, deriveKeys, readSeedHex, readWords, type Seed } from '../../src/nano/seed.ts';
import { signDigestOfText, verifyDigestOfText } from '../../src/nano/signature.ts';
import type { CheckerTable } from './checker.ts';

const text = v.string();
const hex = v.pipe(text, v.regex(/^[0-9a-fA-F]{64}$/));
const keys = { privateKey: hex, publicKey: hex, address: text };

const Legacy = v.object({ seed: hex, index: v.number(), ...keys });
const Bip44 = v.object({ mnemonic: text, passphrase: text, bip39Seed: text, index: v.number(), ...keys });

const Ambiguity = v.object({ mnemonic: text, asLegacySeed: Legacy, asBip44NoPassphrase: Bip44 });

const Addresses = v.object({
  alphabet: v.optional(v.pipe(text, v.length(32))),
  vectors: v.array(v.object({ address: text, valid: v.boolean(), publicKey: v.optional(hex) })),
  caip10: v.optional(v.array(v.object({ input: text, output: text })), []),
});

/** The sections of `keys.json`. */
export const keyCheckers: CheckerTable = {
  legacyDerivation: (section) =>
    v.parse(v.object({ vectors: v.array(Legacy) }), section).vectors.map((vector) => ({
      name: `${vector.seed} ${vector.index}`,
      run: () => checkLegacy(vector),
    })),

  bip44Derivation: (section) => {
    const read = v.parse(
      v.object({ vectors: v.array(Bip44), ambiguity24Words: v.optional(Ambiguity) }),
      section,
    );
    const both = read.ambiguity24Words;
    return [
      ...read.vectors.map((vector) => ({
        name: `${vector.mnemonic} ${vector.index}`,
        run: () => checkBip44(vector),
      })),
      ...(both === undefined
        ? []
        : [
            {
              name: 'ambiguity24Words',
              run: () => {
                const { legacy, bip44 } = readWords(both.mnemonic);
                equal(legacy?.hex, both.asLegacySeed.seed.toLowerCase());
                equal(bip44.hex, both.asBip44NoPassphrase.bip39Seed.toLowerCase());
                equal(both.asBip44NoPassphrase.mnemonic, both.mnemonic);
                checkLegacy(both.asLegacySeed);
                checkBip44(both.asBip44NoPassphrase);
              },
            },
          ]),
    ];
  },

  canonicalKeypair: (section) => {
    const pair = v.parse(v.object(keys), section);
    return [{ name: pair.address, run: () => checkKeys(pair) }];
  },

  addresses: (section) => {
    const { alphabet, vectors, caip10 } = v.parse(Addresses, section);
    return [
      ...(alphabet === undefined ? [] : [{ name: 'alphabet', run: () => equal(digitsInUse(), alphabet) }]),
      ...vectors.map(({ address, valid, publicKey }) => ({
        name: JSON.stringify(address),
        run: () => {
          const read = readAddress(address);
          equal(read !== undefined, valid);
          if (read === undefined) return;
          equal(read.legacyPrefix, address.startsWith('xrb_'));
          equal(read.address, address.replace(/^xrb_/, 'nano_'));
          if (publicKey === undefined) return;
          equal(publicKeyOf(read.address), publicKey.toUpperCase());
          equal(addressOf(keyOf(publicKey)), read.address);
        },
      })),
      ...caip10.map(({ input, output }) => ({
        name: input,
        run: () => {
          const plain = readAddress(input);
          const id = plain ? { network: MAINNET.id, account: plain.address } : parseAccountId(input);
          equal(formatAccountId(id), output);
          deepEqual(parseAccountId(output), id);
        },
      })),
    ];
  },
};

const keyOf = (publicKey: string) => publicKey.toUpperCase() as PublicKey;

function checkLegacy(vector: v.InferOutput<typeof Legacy>): void {
  const seed = readSeedHex(vector.seed);
  equal(seed.kind, 'legacy');
  checkDerived(seed, vector);
}

function checkBip44(vector: v.InferOutput<typeof Bip44>): void {
  const seed = bip44SeedOf(vector.mnemonic, vector.passphrase);
  equal(seed.hex, vector.bip39Seed.toLowerCase());
  deepEqual(seed, readSeedHex(vector.bip39Seed));
  checkDerived(seed, vector);
}

function checkDerived(
  seed: Seed,
  vector: {
    readonly index: number;
    readonly privateKey: string;
    readonly publicKey: string;
    readonly address: string;
  },
): void {
  const derived = deriveKeys(seed, vector.index);
  equal(derived.privateKey, vector.privateKey.toLowerCase());
  equal(derived.publicKey, vector.publicKey.toUpperCase());
  equal(derived.address, vector.address);
  checkKeys(vector);
}

function checkKeys({ privateKey, publicKey, address }: Readonly<Record<keyof typeof keys, string>>): void {
  equal(addressOf(keyOf(publicKey)), address);
  equal(readAddress(address)?.address, address);
  const signature = signDigestOfText(privateKey.toLowerCase() as PrivateKey, address);
  ok(verifyDigestOfText(keyOf(publicKey), address, signature));
}

/** The digit for each value of the five last bits of a key. */
function digitsInUse(): string {
  const lastDigit = 'nano_'.length + 51;
  return Array.from({ length: 32 }, (_, value) =>
    addressOf(keyOf(value.toString(16).padStart(64, '0'))).charAt(lastDigit),
  ).join('');
}
