import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanText } from './clean-text.ts';

test.each([
  [
    'direction overrides',
    '\u202eevil\u202c <img src=x onerror=alert(1)> \u{1f966}',
    'evil <img src=x onerror=alert(1)> \u{1f966}',
  ],
  ['zero-width characters', 'p\u200bay\u2060 \ufeffnow\u00ad', 'pay now'],
  ['control characters and line breaks', 'a\r\n\tb\u0000c\u0085d\u2028e', 'a b c d e'],
  ['invisible letters', 'x\u3164\u115f\u034fy', 'xy'],
  ['characters that hide text in tags', 'free\u{e0070}\u{e0061}\u{e0079}', 'free'],
  ['lone surrogates', 'a\ud800b', 'ab'],
  ['stacked accents', `a${'\u0301'.repeat(40)}`, `a${'\u0301'.repeat(3)}`],
  ['spaces around', '  two   words  ', 'two words'],
])('cleanText removes %s', (_name, text, clean) => {
  expect(cleanText(text, 100)).toBe(clean);
});

test('a cleaned text is cut between whole characters', () => {
  expect(cleanText('\u{1f966}'.repeat(5), 5)).toBe('\u{1f966}'.repeat(5));
  expect(cleanText('\u{1f966}'.repeat(6), 5)).toBe(`${'\u{1f966}'.repeat(4)}…`);
});

test('a cleaned text contains no invisible or direction characters, for any input', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      (text, most) => {
        const clean = cleanText(text, most);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        expect(Array.from(clean).length).toBeLessThanOrEqual(most);
      },
    ),
    { numRuns: 2_000 },
  );
});
