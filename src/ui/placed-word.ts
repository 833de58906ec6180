/** Reads one of the sentences that say how the language writes. */
type Rules = (key: 'ui_direction' | 'ui_decimalSign') => string;

/** FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE of Unicode. */
const ISOLATED = { from: '\u2068', to: '\u2069' } as const;

/** A number with decimals as `format.ts` writes it: perhaps `≈` or `<` before it, thousands apart. */
const DECIMAL = /^(?:[≈<]\u202f)?[\d\u202f]+\.\d+$/;

/**
 * Makes a word fit to stand in a sentence: a number gets the decimal sign of the language. From right to left the word
 * keeps the order of its own characters, where an address or a number with a sign would be torn apart otherwise.
 */
export function placed(word: string, rules: Rules): string {
  if (word === '') return word;
  const written = withDecimalSign(word, rules);
  return rules('ui_direction') === 'rtl' ? `${ISOLATED.from}${written}${ISOLATED.to}` : written;
}

/** A number with the decimal sign of the language in the place of its point; any other text as it is. */
export const withDecimalSign = (text: string, rules: Rules): string =>
  DECIMAL.test(text) ? text.replace('.', rules('ui_decimalSign')) : text;
