/**
 * Estimates how hard a password is to guess. This module contains the lists of common passwords: pages load it with
 * `import()` where a password is chosen.
 */
import {
  type MatchExtended,
  type Matcher,
  MatcherBaseClass,
  type Score,
  type TranslationKeys,
  ZxcvbnFactory,
} from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { type Keyboard, keyWalks } from './key-walks.ts';
import { namesAndDates } from './names-and-dates.ts';

/** What makes a password easy to guess. */
export type Weakness = keyof TranslationKeys['warnings'] | 'namesAndDates' | 'keyWalk';

export interface Estimate {
  /** 0 is guessed at once, 4 is out of reach. */
  readonly score: Score;
  /** Null for no particular weakness. */
  readonly weakness: Weakness | null;
}

/** The words of the product, which an attacker tries first. */
const PRODUCT_WORDS = (
  'nano xno nanopurse purse wallet payment required pocket savings budget seed phrase secret money coin crypto ' +
  'cryptocurrency blockchain browser extension'
).split(' ');
/** How many of the most common passwords add nothing to a longer password. */
const COMMONEST = 200;
/** The guesses for a password that is only one pattern: score 1. */
const GUESSES = { keyWalk: 1e5, namesAndDates: 1e6 } as const;
/** How many characters are examined. Further ones cannot make a password weaker. */
const MOST_CHARACTERS = 64;

const estimator = new ZxcvbnFactory(
  {
    dictionary: { ...dictionary, userInputs: PRODUCT_WORDS },
    graphs: adjacencyGraphs,
    maxLength: MOST_CHARACTERS,
  },
  {
    namesAndDates: wholePassword(
      'namesAndDates',
      namesAndDates([...PRODUCT_WORDS, ...commonestOf(dictionary['passwords-common'])]),
    ),
    keyWalk: wholePassword('keyWalk', keyWalks(Object.values<Keyboard>(adjacencyGraphs))),
  },
);

export function estimate(password: string): Estimate {
  const text = password.normalize('NFKC');
  const unit = unitOf(text);
  const { score, feedback } = estimator.check(unit);
  return { score, weakness: unit === text ? (feedback.warning as Weakness | null) : 'extendedRepeat' };
}

/** The shortest text that a password repeats, the last time perhaps in part; the password itself if it repeats none. */
function unitOf(text: string): string {
  const most = Math.min(Math.floor(text.length / 2), MOST_CHARACTERS);
  for (let length = 1; length <= most; length++) {
    if (text.startsWith(text.slice(length, 2 * length)) && text.slice(length) === text.slice(0, -length)) {
      return text.slice(0, length);
    }
  }
  return text;
}

function commonestOf(passwords: readonly (string | number)[]): readonly string[] {
  return passwords.slice(0, COMMONEST).map(String);
}

/** Returns a matcher for passwords that match a test as a whole. */
function wholePassword(pattern: keyof typeof GUESSES, isOne: (password: string) => boolean): Matcher {
  return {
    Matching: class extends MatcherBaseClass {
      match({ password }: { readonly password: string }): MatchExtended[] {
        if (password === '' || !isOne(password)) return [];
        return [{ pattern, i: 0, j: password.length - 1, token: password }];
      }
    },
    scoring: () => GUESSES[pattern],
    feedback: () => ({ warning: pattern, suggestions: [] }),
  };
}
