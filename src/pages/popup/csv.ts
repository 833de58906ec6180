/** What a spreadsheet would take for a formula, and the sign that keeps it from doing so. */
const FORMULA = /^[=+\-@\t\r＝＋－＠']/;
const QUOTED = /[",\r\n]/;

/**
 * One line of a CSV file, RFC 4180. A field that a spreadsheet would run as a formula begins with an apostrophe, and so
 * does one that begins with an apostrophe by itself: what stands there can be told from what was added.
 */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

function csvField(text: string): string {
  const tame = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
