import { wordlist } from '@scure/bip39/wordlists/english.js';
import { expect, test } from 'vitest';
import { SimilarWords } from './similar.ts';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const known = new Set<string>(wordlist);
const similar = new SimilarWords(wordlist);

/** Every text that one wrong, missing, additional or transposed letter makes of a word. */
function typosOf(word: string): ReadonlySet<string> {
  const typos = new Set<string>();
  for (let at = 0; at <= word.length; at += 1) {
    const [before, after] = [word.slice(0, at), word.slice(at)];
    for (const letter of LETTERS) typos.add(before + letter + after).add(before + letter + after.slice(1));
    typos.add(before + after.slice(1));
    typos.add(before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2));
  }
  return typos;
}

test('of every typo of one letter in any word, the word is among the suggestions, which are few', () => {
  const missed: string[] = [];
  let most = 0;
  let count = 0;
  for (const word of wordlist) {
    for (const typo of typosOf(word)) {
      if (known.has(typo)) continue;
      const suggestions = similar.of(typo);
      count += 1;
      most = Math.max(most, suggestions.length);
      if (!suggestions.includes(word)) missed.push(`${word} ${typo}`);
    }
  }
  expect(missed).toEqual([]);
  expect(count).toBeGreaterThan(500_000);
  expect(most).toBeLessThan(12);
});

test.each([
  ['abondon', ['abandon']],
  ['abandonned', ['abandon']],
  ['recieve', ['receive']],
  ['brik', ['brick', 'brisk']],
  ['xqzvw', []],
  ['', []],
])('%j is likely %j', (typed, words) => {
  expect(similar.of(typed).slice(0, 3)).toEqual(words);
});

test('the word that begins most like the typed one comes first', () => {
  for (const [typed, word] of [
    ['lettr', 'letter'],
    ['cald', 'call'],
  ] as const) {
    const [first] = similar.of(typed);
    expect(first?.slice(0, 2)).toBe(word.slice(0, 2));
  }
});
