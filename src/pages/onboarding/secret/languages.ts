import { wordlist as czech } from '@scure/bip39/wordlists/czech.js';
import { wordlist as french } from '@scure/bip39/wordlists/french.js';
import { wordlist as italian } from '@scure/bip39/wordlists/italian.js';
import { wordlist as japanese } from '@scure/bip39/wordlists/japanese.js';
import { wordlist as korean } from '@scure/bip39/wordlists/korean.js';
import { wordlist as portuguese } from '@scure/bip39/wordlists/portuguese.js';
import { wordlist as simplifiedChinese } from '@scure/bip39/wordlists/simplified-chinese.js';
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js';
import { wordlist as traditionalChinese } from '@scure/bip39/wordlists/traditional-chinese.js';

/** The word lists of BIP39 in other languages than English. 160 kB: loaded only where a word is unknown. */
const LISTS: readonly (readonly [language: string, words: readonly string[]])[] = [
  ['cs', czech],
  ['es', spanish],
  ['fr', french],
  ['it', italian],
  ['ja', japanese],
  ['ko', korean],
  ['pt', portuguese],
  ['zh-Hans', simplifiedChinese],
  ['zh-Hant', traditionalChinese],
];

const LEAST_SHARE = 0.75;

/** Words are often written without their accents. */
const bare = (word: string): string => word.normalize('NFKD').replace(/\p{M}/gu, '');

/** The language whose list has most of the words, by its BCP 47 tag; null where none has three quarters of them. */
export function languageOf(words: readonly string[]): string | null {
  const shares = LISTS.map(([language, list]) => {
    const known = new Set(list.map(bare));
    return { language, count: words.filter((word) => known.has(bare(word))).length };
  });
  const [best] = shares.toSorted((a, b) => b.count - a.count);
  return best !== undefined && best.count >= LEAST_SHARE * words.length ? best.language : null;
}
