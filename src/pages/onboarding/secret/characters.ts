/**
 * Returns a typed text in compatibility form (NFKD) and lower case, without invisible characters. Combining marks stay:
 * the word lists of other languages have them.
 */
export const plainText = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
    .toLowerCase();

/** The heading of a backup: “Seed:”, “My recovery phrase =”. */
const HEADING = /^[\s{["']*(?:[a-z]+[\s_]+){0,3}(?:phrase|seed|words|mnemonic)["']*\s*[:=]/;

/** A plain text without the heading of a backup. */
export const withoutHeading = (plain: string): string => plain.replace(HEADING, ' ');

const ADDRESS = /\b(?:nano|xrb)_[13][13-9a-z]{59}\b/g;

/** A plain text without the Nano addresses in it. */
export const withoutAddresses = (plain: string): string => plain.replace(ADDRESS, ' ');
