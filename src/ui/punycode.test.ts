import { domainToASCII, domainToUnicode } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLabel } from './punycode.ts';

test.each([
  ['xn--mnchen-3ya', 'münchen'],
  ['xn--pple-43d', 'аpple'],
  ['xn--80ak6aa92e', 'аррӏе'],
  ['xn--fiq', '中'],
  ['xn--n3h', '☃'],
  ['plain', null],
  ['xn--', ''],
  ['xn--a!', null],
  ['xn--99999999', null],
])('decodeLabel of %s is %s', (label, letters) => {
  expect(decodeLabel(label)).toBe(letters);
});

test('decodeLabel decodes every punycode label as Node does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (text) => {
      const ascii = domainToASCII(text);
      fc.pre(ascii.startsWith('xn--') && !ascii.includes('.'));
      expect(decodeLabel(ascii)).toBe(domainToUnicode(ascii));
    }),
    { numRuns: 500 },
  );
});

test('decodeLabel returns for any text, without an error', () => {
  expect(decodeLabel(`xn--${'9'.repeat(1_000)}`)).toBe(null);
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), (text) => {
      const letters = decodeLabel(`xn--${text}`);
      expect(letters === null || typeof letters === 'string').toBe(true);
    }),
  );
});
