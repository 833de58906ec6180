/** Direction marks, zero-width and other invisible characters, lone surrogates, private use. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}\p{Co}]/gu;
const SPACE_OR_CONTROL = /[\s\p{Cc}]+/gu;
/** Accents stacked so high that they cover the lines around them. */
const STACKED_MARKS = /(\p{M}{3})\p{M}+/gu;

/**
 * A server's words made fit to be shown as text (invariant 8, docs/WIRE.md §7.19): nothing invisible, nothing that
 * turns the reading direction, one line, at most `most` characters. Markup stays what it is, text.
 */
export function cleanText(text: string, most: number): string {
  const line = text.replace(INVISIBLE, '').replace(SPACE_OR_CONTROL, ' ').replace(STACKED_MARKS, '$1').trim();
  const characters = Array.from(line);
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}
