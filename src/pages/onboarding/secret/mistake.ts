/** A word that is in no recovery phrase, where it stands (from 1), and the words that it may have been meant to be. */
export interface UnknownWord {
  readonly place: number;
  readonly word: string;
  readonly suggestions: readonly string[];
}

/** Why a typed text is neither a recovery phrase nor a seed. Its words are shown at the field where they were typed, only. */
export type Mistake =
  | { readonly kind: 'nothing' }
  /** A Nano address. */
  | { readonly kind: 'address' }
  /** Hexadecimal digits, but not 64 or 128 of them. */
  | { readonly kind: 'hexLength'; readonly count: number }
  /** A character among hexadecimal digits that is none, and the digit that it looks like. */
  | {
      readonly kind: 'hexCharacter';
      readonly character: string;
      readonly position: number;
      readonly meant: string | null;
    }
  | { readonly kind: 'wordCount'; readonly count: number }
  | { readonly kind: 'unknownWords'; readonly words: readonly UnknownWord[] }
  /** Words of another language's list, by its BCP 47 tag. */
  | { readonly kind: 'otherLanguage'; readonly language: string }
  /** The words fit together when the one at `place` and the next change places. */
  | { readonly kind: 'swapped'; readonly place: number }
  /** All words are known, and do not fit together. */
  | { readonly kind: 'checksum' };
