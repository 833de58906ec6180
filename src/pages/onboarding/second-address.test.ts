import { randomBytes } from 'node:crypto';
import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { expect, test } from 'vitest';
import { deriveKeys, newWords, type SeedSource, seedOf } from '../../nano/seed.ts';
import { addressByNanocurrencyWeb } from './second-address.ts';

const sources: readonly [string, () => SeedSource][] = [
  ['words of BIP39', () => ({ kind: 'words', words: newWords(), reading: 'bip44' })],
  ...[12, 15, 18, 21].map((count): [string, () => SeedSource] => [
    `${count} words of BIP39`,
    () => ({
      kind: 'words',
      words: entropyToMnemonic(randomBytes((count / 3) * 4), wordlist),
      reading: 'bip44',
    }),
  ]),
  ['words of a legacy seed', () => ({ kind: 'words', words: newWords(), reading: 'legacy' })],
  ['a legacy seed', () => ({ kind: 'seed', hex: randomBytes(32).toString('hex') })],
  ['a BIP39 seed', () => ({ kind: 'seed', hex: randomBytes(64).toString('hex') })],
];

test.each(sources)('the second library derives the same first account from %s', async (_, make) => {
  for (let times = 0; times < 25; times++) {
    const source = make();
    expect(await addressByNanocurrencyWeb(source)).toBe(deriveKeys(seedOf(source), 0).address);
  }
});
