/** How many words are named that differ by more than one letter. */
const MOST_DISTANT = 3;
const PREFIX = 4;

/** Finds the words of a list that a mistyped one may have been meant to be. */
export class SimilarWords {
  readonly #words: readonly string[];
  /** The words by what is left of them without one letter, and by themselves. */
  readonly #shortened = new Map<string, string[]>();

  constructor(words: readonly string[]) {
    this.#words = words;
    for (const word of words) {
      for (const part of new Set([word, ...withoutOne(word)])) {
        const same = this.#shortened.get(part);
        if (same === undefined) this.#shortened.set(part, [word]);
        else same.push(word);
      }
    }
  }

  /**
   * All words that one wrong, missing, additional or transposed letter makes of it; else those with the same first four
   * letters or with two such mistakes. The likeliest stand first: those that begin alike.
   */
  of(typed: string): readonly string[] {
    const parts = [typed, ...withoutOne(typed)];
    const near = new Set(parts.flatMap((part) => this.#shortened.get(part) ?? []));
    const oneOff = [...near].filter((word) => isOneOff(typed, word));
    const found = oneOff.length > 0 ? oneOff : this.#distant(typed);
    return found.toSorted((a, b) => commonStart(typed, b) - commonStart(typed, a));
  }

  #distant(typed: string): readonly string[] {
    const start = typed.slice(0, PREFIX);
    const alike = typed.length < PREFIX ? [] : this.#words.filter((word) => word.startsWith(start));
    if (alike.length > 0) return alike.slice(0, MOST_DISTANT);
    const twice = new Set(withoutOne(typed).flatMap(withoutOne));
    const near = this.#words.filter(
      (word) =>
        word[0] === typed[0] &&
        withoutOne(word)
          .flatMap(withoutOne)
          .some((part) => twice.has(part)),
    );
    return near.filter((word) => Math.abs(word.length - typed.length) < 2).slice(0, MOST_DISTANT);
  }
}

const withoutOne = (word: string): readonly string[] =>
  Array.from(word, (_, index) => word.slice(0, index) + word.slice(index + 1));

/** Whether two different words differ by one wrong, missing, additional or transposed letter. */
function isOneOff(typed: string, word: string): boolean {
  const start = commonStart(typed, word);
  const [a, b] = [typed.slice(start), word.slice(start)];
  const isTransposed = a.length > 1 && a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
  return isTransposed || a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1);
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
