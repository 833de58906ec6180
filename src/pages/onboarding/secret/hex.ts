import type { Mistake } from './mistake.ts';

/** A seed in hexadecimal digits, lower case, or what is wrong with it. */
export type HexReading =
  | { readonly kind: 'seed'; readonly hex: string }
  | { readonly kind: 'mistake'; readonly mistake: Mistake };

const SEED = /(?<![0-9a-z])(?:0x)?([0-9a-f]{128}|[0-9a-f]{64})(?![0-9a-z])/g;
/** What stands between groups of digits. */
const BETWEEN = /[\s,;:._|"'`()[\]{}<>=/-]+/g;
/** A token above this length is no word. */
const LONGEST_WORD = 8;
/** A text with at least this many characters may be a seed with a wrong one. */
const LEAST_DIGITS = 32;
const LEAST_SHARE = 0.8;

/** The digits that letters are taken for. */
const LOOKS_LIKE: Readonly<Record<string, string>> = { o: '0', l: '1', i: '1', z: '2', s: '5' };

/**
 * Reads a seed of 64 or 128 hexadecimal digits, in groups or lines, with or without `0x`, alone or in a text. Null where
 * the text may be words. `plain` is in lower case.
 */
export function readHex(plain: string, isWord: (token: string) => boolean): HexReading | null {
  const tokens = plain
    .replace(/(?<![0-9a-z])0x/g, ' ')
    .replace(BETWEEN, ' ')
    .trim()
    .split(' ');
  const digits = tokens.join('');
  if (digits === '' || tokens.every(isWord)) return null;
  if (/^[0-9a-f]+$/.test(digits) && (/\d/.test(digits) || digits.length >= LEAST_DIGITS)) {
    return isSeed(digits)
      ? { kind: 'seed', hex: digits }
      : mistaken({ kind: 'hexLength', count: digits.length });
  }
  const [seed, ...others] = new Set([...plain.matchAll(SEED)].map(([, hex = '']) => hex));
  if (seed !== undefined && others.length === 0) return { kind: 'seed', hex: seed };
  return mayBeHex(tokens, digits) ? mistaken(wrongCharacter(digits)) : null;
}

const isSeed = (digits: string) => digits.length === 64 || digits.length === 128;

/** Whether a text is rather a seed with wrong characters than words. */
function mayBeHex(tokens: readonly string[], digits: string): boolean {
  if (digits.length < LEAST_DIGITS || !/^[0-9a-z]+$/.test(digits)) return false;
  const right = digits.replace(/[^0-9a-f]/g, '').length;
  const isTyped = /\d/.test(digits) && right >= LEAST_SHARE * digits.length;
  return isTyped || tokens.every((token) => token.length > LONGEST_WORD);
}

function wrongCharacter(digits: string): Mistake {
  const index = digits.search(/[^0-9a-f]/);
  const character = digits.charAt(index);
  const meant = LOOKS_LIKE[character] ?? null;
  return { kind: 'hexCharacter', character, position: index + 1, meant };
}

const mistaken = (mistake: Mistake): HexReading => ({ kind: 'mistake', mistake });
