/** Letters and digits, with the marks on them. */
const TOKEN = /[\p{L}\p{M}\p{N}]+/gu;
const NUMBERED = /^(\d{1,2})(\p{L}.*)$/u;
const HAN = /^\p{Script=Han}{2,}$/u;

interface Numbered {
  readonly word: string;
  readonly number: number | null;
}

/**
 * The words of a plain text, in order: without numbers, commas, hyphens and line breaks between them. Where each has its
 * number, the numbers give the order, as in a list of two columns.
 */
export function wordsIn(plain: string): readonly string[] {
  const words: Numbered[] = [];
  let number: number | null = null;
  for (const [token] of plain.matchAll(TOKEN)) {
    const [, digits = '', rest = ''] = NUMBERED.exec(token) ?? [];
    if (/^\d+$/.test(token)) {
      number = Number(token);
      continue;
    }
    if (rest !== '') words.push({ word: rest, number: Number(digits) });
    // Chinese writes no spaces: each character is a word.
    else if (HAN.test(token)) words.push(...Array.from(token, (word) => ({ word, number: null })));
    else words.push({ word: token, number });
    number = null;
  }
  return inOrder(words).map(({ word }) => word);
}

/** By their numbers, where these count from 1 and leave none out. */
function inOrder(words: readonly Numbered[]): readonly Numbered[] {
  const numbers = new Set(words.map(({ number }) => number));
  const isWhole = words.every((_, index) => numbers.has(index + 1)) && numbers.size === words.length;
  return isWhole ? words.toSorted((a, b) => (a.number ?? 0) - (b.number ?? 0)) : words;
}
