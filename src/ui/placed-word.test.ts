import { describe, expect, test } from 'vitest';
import { placed } from './placed-word.ts';

const German = (key: string) => ({ ui_direction: 'ltr', ui_decimalSign: ',' })[key] ?? '';
const Arabic = (key: string) => ({ ui_direction: 'rtl', ui_decimalSign: '.' })[key] ?? '';
const ISOLATED = (text: string) => `\u2068${text}\u2069`;

describe('a word in a sentence', () => {
  test.each([
    ['0.01', '0,01'],
    ['≈\u202f1.234567', '≈\u202f1,234567'],
    ['<\u202f0.000001', '<\u202f0,000001'],
    ['12\u202f345.5', '12\u202f345,5'],
    ['15', '15'],
    ['127.0.0.1', '127.0.0.1'],
    ['site.example', 'site.example'],
    ['', ''],
  ])('%j has the decimal sign of its language: %j', (word, written) => {
    expect(placed(word, German)).toBe(written);
  });

  test('keeps its own order from right to left, and an empty one stays empty', () => {
    expect(placed('0.01', Arabic)).toBe(ISOLATED('0.01'));
    expect(placed('nano_1abc', Arabic)).toBe(ISOLATED('nano_1abc'));
    expect(placed('', Arabic)).toBe('');
  });
});
