import { entropyToMnemonic } from '@scure/bip39';
import { wordlist as czech } from '@scure/bip39/wordlists/czech.js';
import { wordlist as english } from '@scure/bip39/wordlists/english.js';
import { wordlist as french } from '@scure/bip39/wordlists/french.js';
import { wordlist as italian } from '@scure/bip39/wordlists/italian.js';
import { wordlist as japanese } from '@scure/bip39/wordlists/japanese.js';
import { wordlist as korean } from '@scure/bip39/wordlists/korean.js';
import { wordlist as portuguese } from '@scure/bip39/wordlists/portuguese.js';
import { wordlist as simplified } from '@scure/bip39/wordlists/simplified-chinese.js';
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js';
import { wordlist as traditional } from '@scure/bip39/wordlists/traditional-chinese.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSeedHex, readWords } from '../../../nano/seed.ts';
import type { Mistake } from './mistake.ts';
import { readSecret } from './read.ts';

const LONG =
  'edge defense waste choose enrich upon flee junk siren film clown finish luggage leader kid quick brick print ' +
  'evidence swap drill paddle truly occur';
const SHORT = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
const SEED = '0dc285fde768f7ff29b66ce7252d56ed92fe003b605907f7a4f683c3dc8586d3';
const ADDRESS = 'nano_3i1aq1cchnmbn9x5rsbap8b15akfh7wj7pwskuzi7ahz8oq6cobd99d4r3b7';

const mistakeIn = async (text: string): Promise<Mistake | null> => {
  const read = await readSecret(text);
  return read.kind === 'mistake' ? read.mistake : null;
};
const listed = (words: string, item: (word: string, number: number) => string, between: string) =>
  words
    .split(' ')
    .map((word, index) => item(word, index + 1))
    .join(between);

type Form = readonly [name: string, write: (words: string) => string];

const FORMS: readonly Form[] = [
  ['as they are', (words) => words],
  ['with spaces around', (words) => `  ${words}\n\n`],
  ['in capitals', (words) => words.toUpperCase()],
  ['with first letters in capitals', (words) => words.replace(/\b./g, (letter) => letter.toUpperCase())],
  ['on lines', (words) => listed(words, (word) => word, '\r\n')],
  ['with commas', (words) => listed(words, (word) => word, ', ')],
  ['with commas and no spaces', (words) => listed(words, (word) => word, ',')],
  ['with hyphens', (words) => listed(words, (word) => word, '-')],
  ['with dashes', (words) => listed(words, (word) => word, ' – ')],
  ['with numbers and points', (words) => listed(words, (word, number) => `${number}. ${word}`, '\n')],
  [
    'with numbers of two digits',
    (words) => listed(words, (word, at) => `${String(at).padStart(2, '0')} ${word}`, '\n'),
  ],
  ['with numbers that touch', (words) => listed(words, (word, number) => `${number}${word}`, ' ')],
  ['with numbers in brackets', (words) => listed(words, (word, number) => `(${number}) ${word}`, '  ')],
  ['with numbers and colons', (words) => listed(words, (word, number) => `#${number}: ${word};`, ' ')],
  ['in a list of Markdown', (words) => listed(words, (word) => `- ${word}`, '\n')],
  ['as a list of JSON', (words) => JSON.stringify(words.split(' '))],
  ['in quotes', (words) => `“${words}”`],
  ['under a heading', (words) => `My recovery phrase: ${words}`],
  ['in JSON', (words) => JSON.stringify({ seed_phrase: words })],
  ['with non-breaking spaces', (words) => words.replaceAll(' ', '\u00a0')],
  ['with zero-width characters', (words) => words.replaceAll('e', 'e\u200b')],
  [
    'in full-width letters',
    (words) => words.replace(/[a-z]/g, (one) => String.fromCodePoint(one.charCodeAt(0) + 0xfee0)),
  ],
  ['by their first four letters', (words) => listed(words, (word) => word.slice(0, 4), ' ')],
  ['in two numbered columns', columns],
];

/** Two columns beside each other, copied line by line. */
function columns(words: string): string {
  const all = words.split(' ').map((word, index) => `${index + 1}. ${word}`);
  const half = Math.ceil(all.length / 2);
  return all
    .slice(0, half)
    .map((left, index) => `${left}\t${all[half + index] ?? ''}`)
    .join('\n');
}

describe('a recovery phrase', () => {
  test.each(FORMS)('is read %s', async (_, write) => {
    for (const words of [LONG, SHORT]) {
      expect(await readSecret(write(words))).toEqual({ kind: 'words', words });
    }
  });

  test('of any standard length and any words is read in every form, as the vault reads it', async () => {
    const phrase = fc
      .constantFrom(16, 20, 24, 28, 32)
      .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
      .map((entropy) => entropyToMnemonic(entropy, english));
    await fc.assert(
      fc.asyncProperty(phrase, fc.constantFrom(...FORMS), async (words, [, write]) => {
        expect(await readSecret(write(words))).toEqual({ kind: 'words', words });
      }),
      { numRuns: 500 },
    );
    expect(readWords(SHORT).bip44.kind).toBe('bip44');
  });

  test('beside the address of its account is read', async () => {
    expect(await readSecret(`${ADDRESS}\n${LONG}`)).toEqual({ kind: 'words', words: LONG });
  });
});

describe('a seed in hexadecimal', () => {
  const long = `${SEED}${[...SEED].reverse().join('')}`;
  const groups = (hex: string, size: number, between: string) =>
    hex.replace(new RegExp(`(.{${size}})(?=.)`, 'g'), `$1${between}`);

  test.each<[string, (hex: string) => string]>([
    ['as it is', (hex) => hex],
    ['in capitals', (hex) => hex.toUpperCase()],
    ['with 0x', (hex) => `0x${hex}`],
    ['in groups of four', (hex) => groups(hex, 4, ' ')],
    ['in groups of eight with hyphens', (hex) => groups(hex, 8, '-')],
    ['in lines', (hex) => groups(hex, 16, '\r\n')],
    ['in bytes with colons', (hex) => groups(hex, 2, ':')],
    [
      'in bytes with 0x',
      (hex) =>
        `[${groups(hex, 2, ', ')
          .replace(/\b/g, '')
          .replace(/(?<!\w)(?=\w\w)/g, '0x')}]`,
    ],
    ['in quotes', (hex) => `"${hex}",`],
    ['under a heading', (hex) => `Seed: ${hex}`],
    ['in JSON', (hex) => JSON.stringify({ wallet: 'mine', seed: hex })],
    ['in a sentence', (hex) => `my wallet is ${hex}, keep it safe`],
    ['with zero-width characters', (hex) => groups(hex, 16, '\u200b')],
    [
      'in full-width digits',
      (hex) => hex.replace(/\d/g, (one) => String.fromCodePoint(one.charCodeAt(0) + 0xfee0)),
    ],
  ])('of 64 and 128 digits is read %s', async (_, write) => {
    for (const hex of [SEED, long]) {
      expect(await readSecret(write(hex))).toEqual({ kind: 'seed', hex });
      expect(readSeedHex(hex).hex).toBe(hex);
    }
  });

  test.each<[string, Mistake]>([
    [SEED.slice(1), { kind: 'hexLength', count: 63 }],
    [groups(`${SEED}a`, 4, ' '), { kind: 'hexLength', count: 65 }],
    ['a'.repeat(63), { kind: 'hexLength', count: 63 }],
    [SEED.replace('0', 'O'), { kind: 'hexCharacter', character: 'o', position: 1, meant: '0' }],
    [SEED.replace('2', 'z'), { kind: 'hexCharacter', character: 'z', position: 4, meant: '2' }],
    [
      groups(SEED.replace('285', '2x5'), 4, ' '),
      { kind: 'hexCharacter', character: 'x', position: 5, meant: null },
    ],
    ['g'.repeat(64), { kind: 'hexCharacter', character: 'g', position: 1, meant: null }],
    [ADDRESS, { kind: 'address' }],
    [` ${ADDRESS.replace('nano', 'XRB')}\n`, { kind: 'address' }],
  ])('%s is told what is wrong', async (text, mistake) => {
    expect(await mistakeIn(text)).toEqual(mistake);
  });
});

describe('a phrase with a mistake', () => {
  test.each<[string, Mistake]>([
    ['', { kind: 'nothing' }],
    ['… , -', { kind: 'nothing' }],
    ['Seed:', { kind: 'nothing' }],
    ['nonsense', { kind: 'wordCount', count: 1 }],
    [LONG.replace('edge ', ''), { kind: 'wordCount', count: 23 }],
    [`${LONG} zoo zoo`, { kind: 'wordCount', count: 26 }],
    [`${SHORT} zoo`, { kind: 'wordCount', count: 13 }],
    [
      LONG.replace('siren', 'sirne'),
      { kind: 'unknownWords', words: [{ place: 9, word: 'sirne', suggestions: ['siren'] }] },
    ],
    [
      listed(SHORT.replace('sausage', 'sausgae'), (word, number) => `${number}. ${word}`, '\n'),
      { kind: 'unknownWords', words: [{ place: 6, word: 'sausgae', suggestions: ['sausage'] }] },
    ],
    [
      LONG.replace('waste', 'qqqqqq').replace('occur', 'occurring'),
      {
        kind: 'unknownWords',
        words: [
          { place: 3, word: 'qqqqqq', suggestions: [] },
          { place: 24, word: 'occurring', suggestions: ['occur'] },
        ],
      },
    ],
    [LONG.replace('defense waste', 'waste defense'), { kind: 'swapped', place: 2 }],
    [LONG.replace('defense', 'zoo'), { kind: 'checksum' }],
    [LONG.split(' ').reverse().join(' '), { kind: 'checksum' }],
    [SHORT.replace('winner thank', 'thank winner'), { kind: 'checksum' }],
  ])('%j is told which', async (text, mistake) => {
    expect(await mistakeIn(text)).toEqual(mistake);
  });

  test('of a word too many is told which, where the others are a phrase', async () => {
    expect(await mistakeIn(`qwerty ${SHORT}`)).toMatchObject({ kind: 'unknownWords', words: [{ place: 1 }] });
  });

  test.each<[string, readonly string[]]>([
    ['cs', czech],
    ['es', spanish],
    ['fr', french],
    ['it', italian],
    ['ja', japanese],
    ['ko', korean],
    ['pt', portuguese],
    ['zh-Hans', simplified],
    ['zh-Hant', traditional],
  ])('in the words of %s is told the language', async (language, list) => {
    const words = Array.from({ length: 24 }, (_, index) => list[(index * 83 + 7) % 2048] ?? '');
    const bare = words.map((word) => word.normalize('NFKD').replace(/\p{M}/gu, ''));
    for (const text of [
      words.join(' '),
      words.join('\u3000').normalize('NFC'),
      words.join('\n').toUpperCase(),
      bare.join(' '),
    ]) {
      expect(await mistakeIn(text)).toEqual({ kind: 'otherLanguage', language });
    }
    if (language.startsWith('zh')) {
      expect(await mistakeIn(words.join(''))).toEqual({ kind: 'otherLanguage', language });
    }
  });

  test('is told by a value for every text, and nothing is thrown', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc
        .array(fc.constantFrom(...english.slice(0, 40), '1.', 'abondon', '0x', 'ff', ',', '\n', '漢字'), {
          maxLength: 30,
        })
        .map((parts) => parts.join(' ')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        const read = await readSecret(given);
        if (read.kind === 'words') expect(() => readWords(read.words)).not.toThrow();
        if (read.kind === 'seed') expect(() => readSeedHex(read.hex)).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });
});
