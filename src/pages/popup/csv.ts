/**
 * Matches the start of a field that a spreadsheet would run as a formula, or that starts with the escape sign itself.
 */
const FORMULA = /^[=+\-@\t\r＝＋－＠']/;
const QUOTED = /[",\r\n]/;

/**
 * Returns one line of a CSV file (RFC 4180). A field that a spreadsheet would run as a formula gets a leading apostrophe.
 * So does a field that starts with an apostrophe, so that a reader can tell the added one from the original.
 */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

function csvField(text: string): string {
  const tame = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
