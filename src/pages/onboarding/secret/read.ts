import { validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { plainText, withoutAddresses, withoutHeading } from './characters.ts';
import { readHex } from './hex.ts';
import type { Mistake, UnknownWord } from './mistake.ts';
import { SimilarWords } from './similar.ts';
import { wordsIn } from './words.ts';

/** What a typed secret is: a recovery phrase in its canonical spelling, a seed, or neither and why. */
export type SecretReading =
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'seed'; readonly hex: string }
  | { readonly kind: 'mistake'; readonly mistake: Mistake };

/** The lengths of phrases (BIP39). */
const LENGTHS: readonly number[] = [12, 15, 18, 21, 24];
/** Below this length a checksum has so few bits that some exchange of neighbours fits by chance. */
const LEAST_FOR_SWAP = 24;
const PREFIX = 4;

const known: ReadonlySet<string> = new Set(wordlist);
const byPrefix: ReadonlyMap<string, string> = new Map(wordlist.map((word) => [word.slice(0, PREFIX), word]));
const isKnown = (word: string) => known.has(word);
let similar: SimilarWords | undefined;

/**
 * Reads a recovery phrase or seed as people have it: words with numbers, commas, hyphens, line breaks, capitals or their
 * first four letters alone; hexadecimal digits in groups and lines. Says of anything else what is wrong with it. Loads the
 * word lists of other languages where words are unknown.
 */
export async function readSecret(typed: string): Promise<SecretReading> {
  const given = plainText(typed);
  const text = withoutAddresses(given);
  if (text.trim() === '' && given.trim() !== '') return mistaken({ kind: 'address' });
  const plain = withoutHeading(text);
  const hex = readHex(plain, isKnown);
  if (hex !== null) return hex;
  const words = completed(wordsIn(plain));
  if (words.length === 0) return mistaken({ kind: 'nothing' });
  const unknown = words.flatMap((word, index) => (isKnown(word) ? [] : [{ word, place: index + 1 }]));
  const language = unknown.length < words.length / 2 ? null : await otherLanguageOf(words);
  if (language !== null) return mistaken({ kind: 'otherLanguage', language });
  const lengths = [words.length, words.length - unknown.length];
  if (!lengths.some((length) => LENGTHS.includes(length))) {
    return mistaken({ kind: 'wordCount', count: words.length });
  }
  if (unknown.length > 0) return mistaken({ kind: 'unknownWords', words: unknown.map(withSuggestions) });
  return fits(words) ? { kind: 'words', words: words.join(' ') } : mistaken(whyNot(words));
}

/** The words of which a steel plate has the first four letters alone: they tell all words of the list apart. */
function completed(words: readonly string[]): readonly string[] {
  const whole = words.map((word) => (word.length === PREFIX ? byPrefix.get(word) : isKnown(word) && word));
  const isShort = words.every((word) => word.length <= PREFIX);
  return isShort && whole.every((word) => typeof word === 'string') ? whole : words;
}

async function otherLanguageOf(words: readonly string[]): Promise<string | null> {
  const { languageOf } = await import('./languages.ts');
  return languageOf(words);
}

function withSuggestions({ word, place }: Pick<UnknownWord, 'word' | 'place'>): UnknownWord {
  similar ??= new SimilarWords(wordlist);
  return { word, place, suggestions: similar.of(word) };
}

const fits = (words: readonly string[]) => validateMnemonic(words.join(' '), wordlist);

/** Why known words do not fit together: two neighbours in each other's place, where exactly one pair is possible. */
function whyNot(words: readonly string[]): Mistake {
  if (words.length < LEAST_FOR_SWAP) return { kind: 'checksum' };
  const places = words.flatMap((word, index) => {
    const next = words[index + 1];
    if (next === undefined || next === word) return [];
    return fits(words.with(index, next).with(index + 1, word)) ? [index + 1] : [];
  });
  const [place, ...others] = places;
  return place === undefined || others.length > 0 ? { kind: 'checksum' } : { kind: 'swapped', place };
}

const mistaken = (mistake: Mistake): SecretReading => ({ kind: 'mistake', mistake });
