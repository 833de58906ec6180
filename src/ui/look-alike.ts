import type { MessageKey } from '../fault.ts';
import { decodeLabel } from './punycode.ts';

type NameWarning = Extract<MessageKey, 'warning_foreignLetters' | 'warning_lookAlike'>;

/** Alphabets of which single letters pass for those of another one. */
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

/** Whole words can be written in these and pass for Latin ones. */
const LIKE_LATIN = /^[-0-9аеорсухіјѕһԁԛԝӏьвкнтмгпъαικνορτυχгѵɑɡıոսցօհզ]+$/u;

/**
 * What is odd about the letters of a site's name. Names are shown in ASCII whatever their letters are; a name that
 * mixes alphabets, or that could be read as a Latin one letter by letter, is what the copy of a known site looks like.
 */
export function nameWarning(origin: string): NameWarning | null {
  if (!URL.canParse(origin)) return null;
  const labels = new URL(origin).hostname.split('.').filter((label) => label.startsWith('xn--'));
  if (labels.length === 0) return null;
  return labels.map(decodeLabel).some(looksLikeAnother) ? 'warning_lookAlike' : 'warning_foreignLetters';
}

function looksLikeAnother(letters: string | null): boolean {
  // What cannot even be read is nobody's honest name.
  if (letters === null) return true;
  return ALPHABETS.filter((alphabet) => alphabet.test(letters)).length > 1 || LIKE_LATIN.test(letters);
}
