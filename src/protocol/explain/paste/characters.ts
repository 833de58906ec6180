const ESCAPE = String.fromCharCode(27);
/** The codes by which terminals colour their text. */
const COLOURS = new RegExp(`${ESCAPE}\\[[0-9;]*[A-Za-z]`, 'g');

const REPLACED: readonly (readonly [RegExp, string])[] = [
  [COLOURS, ''],
  [/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, ''],
  [/\r\n?|[\u0085\u2028\u2029]/g, '\n'],
  [/\p{Zs}/gu, ' '],
  [/\\+(?:x|u00)22/g, '"'],
  [/\\+(?:x|u00)27/g, "'"],
  [/[\u201c-\u201f\u00ab\u00bb\u2033\uff02]/g, '"'],
  [/[\u2018-\u201b\u2039\u203a\u2032\uff07]/g, "'"],
  [/[\u2010-\u2015\u2212\ufe63\uff0d]/g, '-'],
];

/**
 * Returns a text in the characters that headers have: without invisible characters and terminal colours, with plain
 * spaces, line ends, quotes and hyphens. Mail, chats, word processors and logs replace them. Not for JSON that can be read as
 * it is: its texts may contain such characters.
 */
export const plainCharacters = (text: string): string =>
  REPLACED.reduce((plain, [from, to]) => plain.replace(from, to), text);
