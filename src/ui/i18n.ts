import browser from 'webextension-polyfill';
import type { MessageKey, MessageKeyWith, Placeholder } from '../fault.ts';

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

/**
 * Returns the sentence of a fault or of another message that the background sent as a key and its words. The words are in
 * the order of the placeholders' numbers in messages.json.
 */
export function sentenceOf({
  key,
  args,
}: {
  readonly key: MessageKey;
  readonly args: readonly string[];
}): string {
  return browser.i18n.getMessage(key, [...args]);
}

/**
 * Puts named words into the order that the browser needs: it fills placeholders by number. In messages.json the numbers
 * follow the alphabetical order of the names, which test/architecture.test.ts checks.
 */
function inOrder(words: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(words).sort();
  return names.map((name) => words[name] ?? '');
}
