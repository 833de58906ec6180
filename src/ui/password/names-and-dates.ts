/** Languages whose names of months and days are known. */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv'] as const;
/** Short words that join names and dates. */
const JOINING =
  'a d o st nd rd th of de del der di da do du la le el al am pm is my mc y and the von van'.split(' ');
/** A run of letters without a space counts as one word for every so many letters. */
const LETTERS_OF_A_WORD = 8;
/** Up to this many words, with or without dates, are guessed from what is known of a person. */
const FEW_WORDS = 2;
/** Up to this many short numbers may be days and years of two dates, an age or a house number. */
const FEW_NUMBERS = 4;
const LONGEST_NUMBER = 4;
/** From this many letters on that belong to no word, a password is no list of words. */
const RANDOM_LETTERS = 4;
const SHORTEST_WORD = 3;

const YEAR = '(?:1[89]|20|21)\\d\\d';
const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
/** With a separator, the same in both places. */
const WRITTEN_DATE = new RegExp(
  `(?<!\\d)(?:${YEAR}([-/._ ,])${DAY}\\1${DAY}|${DAY}([-/._ ,])${DAY}\\2(?:${YEAR}|\\d\\d))(?!\\d)`,
  'g',
);
const TWO = '(?:0[1-9]|[12]\\d|3[01])';
/** Without separators, one date or several, one after the other, perhaps with a day before or behind them. */
const DIGITS_OF_DATES = new RegExp(
  `(?<!\\d)(?:${YEAR}|\\d{1,2})??(?:${YEAR}${TWO}${TWO}|${TWO}${TWO}${YEAR}|${TWO}${TWO}\\d\\d|\\d\\d${TWO}${TWO}|${YEAR}${YEAR})+(?:${YEAR}|\\d{1,2})?(?!\\d)`,
  'g',
);
/** Letters as people write words and names, also `CamelCase`. */
const WRITTEN_WORDS = /^\p{Lu}*\p{Ll}*(?:\p{Lu}\p{Ll}+)*$/u;
const WORD = /\p{Lu}\p{Ll}+|\p{Ll}+|\p{Lu}+/gu;

/**
 * Returns a test for passwords made of at most two words or names, of dates, and of little else. It needs no list of
 * names: any word counts as one. `known` are words that add nothing, in lower case.
 */
export function namesAndDates(known: readonly string[]): (password: string) => boolean {
  const free = new Set([...known, ...JOINING, ...LANGUAGES.flatMap(wordsOfDates)]);
  return (password) => {
    const text = password.normalize('NFKC').replace(/\p{M}/gu, '');
    // A letter without case belongs to a script that may write its words without spaces.
    if (/(?![\p{Lu}\p{Ll}])\p{L}/u.test(text)) return false;
    const rest = text.replace(WRITTEN_DATE, ' ').replace(DIGITS_OF_DATES, ' ');
    // A date that was cut out leaves its neighbours' separators side by side: these are judged as they were typed.
    return hasFewNumbers(rest) && hasPlainSeparators(text) && hasFewWords(rest, free);
  };
}

function hasFewNumbers(text: string): boolean {
  const numbers = text.match(/\d+/g) ?? [];
  return numbers.length <= FEW_NUMBERS && numbers.every(({ length }) => length <= LONGEST_NUMBER);
}

/** Whether no separator has more than two different signs: longer ones are part of the password's strength. */
function hasPlainSeparators(text: string): boolean {
  return (text.match(/[^\p{L}\d]+/gu) ?? []).every((signs) => new Set(signs).size <= 2);
}

function hasFewWords(text: string, free: ReadonlySet<string>): boolean {
  let words = 0;
  let strayLetters = 0;
  for (const [letters] of text.matchAll(/\p{L}+/gu)) {
    if (!WRITTEN_WORDS.test(letters)) {
      strayLetters += letters.length;
      continue;
    }
    for (const [word] of letters.matchAll(WORD)) {
      if (free.has(word.toLowerCase())) continue;
      if (word.length < SHORTEST_WORD) strayLetters += word.length;
      else words += Math.max(1, Math.floor(word.length / LETTERS_OF_A_WORD));
    }
  }
  return words <= FEW_WORDS && strayLetters < RANDOM_LETTERS;
}

/** The names of months and days in a language, long and short. */
function wordsOfDates(language: string): readonly string[] {
  const days = Array.from({ length: 12 * 7 }, (_, index) => {
    const [month, day] = [Math.floor(index / 7), (index % 7) + 1];
    return new Date(Date.UTC(2026, month, day));
  });
  return (['long', 'short'] as const).flatMap((length) => {
    // With a day, since in several languages the name of a month takes another form beside one.
    const dated = new Intl.DateTimeFormat(language, { month: length, day: 'numeric', timeZone: 'UTC' });
    const alone = new Intl.DateTimeFormat(language, { month: length, weekday: length, timeZone: 'UTC' });
    return days
      .flatMap((day) => [...dated.formatToParts(day), ...alone.formatToParts(day)])
      .filter(({ type }) => type === 'month' || type === 'weekday')
      .map(({ value }) => value.toLowerCase().replace(/\P{L}/gu, ''));
  });
}
