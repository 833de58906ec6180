import browser from 'webextension-polyfill';
import type { MessageKey, MessageKeyWith, Placeholder } from '../fault.ts';
import { placed, withDecimalSign } from './placed-word.ts';

/** The arguments of {@link t} after the key: one word for each placeholder. Keys in a union must have the same placeholders. */
type Words<K extends MessageKey> = [K] extends [MessageKeyWith<Placeholder<K>>]
  ? [Placeholder<K>] extends [never]
    ? []
    : [words: Readonly<Record<Placeholder<K>, string>>]
  : [never];

/** Returns the sentence of `key` in the user's language, with `words` in its placeholders. */
export function t<K extends MessageKey>(key: K, ...[words]: Words<K>): string {
  return browser.i18n.getMessage(key, words === undefined ? [] : inOrder(words));
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
  const all = inOrder({ ...words, count: String(count) });
  return browser.i18n.getMessage(`${key}__${form}`, all) || browser.i18n.getMessage(`${key}__other`, all);
}

/** A sentence as its key and its words. A Fault is one. */
export interface Sentence {
  readonly key: MessageKey;
  readonly args: readonly string[];
}

/**
 * Returns the sentence of a fault or of another message that the background sent as a key and its words. The words are in
 * the order of the placeholders' numbers in messages.json.
 */
export function sentenceOf({ key, args }: Sentence): string {
  return browser.i18n.getMessage(key, args.map(spokenWord));
}

/**
 * Puts named words into the order that the browser needs: it fills placeholders by number. In messages.json the numbers
 * follow the alphabetical order of the names, which test/architecture.test.ts checks.
 */
function inOrder(words: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(words).sort();
  return names.map((name) => spokenWord(words[name] ?? ''));
}

const rules = (key: MessageKey): string => browser.i18n.getMessage(key);
const spokenWord = (word: string): string => placed(word, rules);

/** Returns a number, as `format.ts` writes it, with the decimal sign of the language; any other text as it is. */
export const localNumber = (text: string): string => withDecimalSign(text, rules);
