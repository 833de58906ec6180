/** Direction marks, zero-width and other invisible characters, lone surrogates, private use. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}\p{Co}]/gu;
const SPACE_OR_CONTROL = /[\s\p{Cc}]+/gu;
/** More than three combining marks on one letter: they cover the lines around it. */
const STACKED_MARKS = /(\p{M}{3})\p{M}+/gu;

/**
 * Cleans a server's text for display (invariant 8, docs/WIRE.md §7.19): removes invisible and direction characters, joins
 * the lines, and cuts to `most` characters. Markup stays as text.
 */
export function cleanText(text: string, most: number): string {
  const line = text.replace(INVISIBLE, '').replace(SPACE_OR_CONTROL, ' ').replace(STACKED_MARKS, '$1').trim();
  const characters = Array.from(line);
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}
