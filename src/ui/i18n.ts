import browser from 'webextension-polyfill';
import { inOrder, type MessageKey, type Placeholder, type Sentence, type Words } from '../fault.ts';
import { placed, withDecimalSign } from './placed-word.ts';

/** Returns the sentence of `key` in the user's language, with `words` in its placeholders. */
export function t<K extends MessageKey>(key: K, ...[words]: Words<K, string>): string {
  return browser.i18n.getMessage(key, words === undefined ? [] : inOrder(words).map(spokenWord));
}

/** The keys of sentences with a number, without their plural form: each has the form `__other`, and others where it needs. */
type CountedKey = { [K in MessageKey]: K extends `${infer Base}__other` ? Base : never }[MessageKey];

/** The placeholders of a sentence with a number, but for the number. */
type OtherWord<K extends CountedKey> = Exclude<Placeholder<`${K}__other` & MessageKey>, 'count'>;

/**
 * Returns the sentence of `key` in the plural form that `count` has in the language of the sentences. The placeholder
 * `count` becomes the number, the others become `words`.
 */
export function tCount<K extends CountedKey>(
  key: K,
  count: number,
  ...[words]: [OtherWord<K>] extends [never] ? [] : [words: Readonly<Record<OtherWord<K>, string>>]
): string {
  const form = new Intl.PluralRules(t('ui_language')).select(count);
  const all = inOrder({ ...words, count: String(count) }).map(spokenWord);
  return browser.i18n.getMessage(`${key}__${form}`, all) || browser.i18n.getMessage(`${key}__other`, all);
}

/** Returns the text of a fault, or of another sentence that came as data. Words that are sentences are rendered first. */
export function sentenceOf({ key, args }: Sentence): string {
  const words = args.map((word) => (typeof word === 'string' ? spokenWord(word) : sentenceOf(word)));
  return browser.i18n.getMessage(key, words);
}

const rules = (key: MessageKey): string => browser.i18n.getMessage(key);
const spokenWord = (word: string): string => placed(word, rules);

/** Returns a number, as `format.ts` writes it, with the decimal sign of the language; any other text as it is. */
export const localNumber = (text: string): string => withDecimalSign(text, rules);
