import type { MessageKey } from '../fault.ts';
import { decodeLabel } from './punycode.ts';

type NameWarning = Extract<MessageKey, 'warning_foreignLetters' | 'warning_lookAlike'>;

/** Scripts that have letters which look like letters of another script. */
const ALPHABETS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
  /\p{Script=Lisu}/u,
  /\p{Script=Georgian}/u,
  /\p{Script=Hebrew}/u,
];

/** Letters that look like Latin ones: a whole label of them reads as a Latin name. */
const LIKE_LATIN = /^[-0-9аеорсухіјѕһԁԛԝӏьвкнтмгпъαικνορτυχгѵɑɡıոսցօհզ]+$/u;

/**
 * Returns a warning about an internationalized host name, or null. Hosts are shown in ASCII. A label that mixes scripts,
 * or whose letters all look Latin, may imitate the name of a known site.
 */
export function nameWarning(origin: string): NameWarning | null {
  if (!URL.canParse(origin)) return null;
  const labels = new URL(origin).hostname.split('.').filter((label) => label.startsWith('xn--'));
  if (labels.length === 0) return null;
  return labels.map(decodeLabel).some(looksLikeAnother) ? 'warning_lookAlike' : 'warning_foreignLetters';
}

function looksLikeAnother(letters: string | null): boolean {
  // A label that cannot be decoded counts as a look-alike.
  if (letters === null) return true;
  return ALPHABETS.filter((alphabet) => alphabet.test(letters)).length > 1 || LIKE_LATIN.test(letters);
}
