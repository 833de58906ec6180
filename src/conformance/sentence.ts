import { inOrder, type MessageKey, type Sentence, type Word, type Words } from '../fault.ts';
import { cleanText } from '../protocol/wire/clean-text.ts';

/** The most of one text that goes into a sentence (characters). */
const LONGEST_TEXT = 400;

/** Makes the sentence of `key` with these words. Cleans each text, because most are the words of the server under test. */
export function sentence<K extends MessageKey>(key: K, ...[words]: Words<K, Word>): Sentence {
  const args = words === undefined ? [] : inOrder<Word>(words).map(cleaned);
  return { key, args };
}

/** Makes one word of several, as a list. @throws TypeError for none */
export const listOf = (words: readonly Word[]): Word =>
  words.reduceRight((others, first) => sentence('probe_list', { first, others }));

const cleaned = (word: Word): Word => (typeof word === 'string' ? cleanText(word, LONGEST_TEXT) : word);
