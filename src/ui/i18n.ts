import browser from 'webextension-polyfill';
import type { Fault, MessageKey } from '../fault.ts';

/** The sentence of `key` in the user's language, with `args` put into its places. */
export function t(key: MessageKey, ...args: readonly string[]): string {
  return browser.i18n.getMessage(key, [...args]);
}

/** What a fault says to the user. */
export function sentenceOf(fault: Pick<Fault, 'key' | 'args'>): string {
  return t(fault.key, ...fault.args);
}
