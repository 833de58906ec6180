import { expect, test } from 'vitest';
import { bytesOfBase64, decodeBase64, encodeBase64 } from './base64.ts';

test.each([0, 1, 2, 3, 24_575, 24_576, 24_577, 49_153])(
  'encodeBase64 writes %i bytes as one standard text',
  (length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 37) % 256);
    const text = encodeBase64(bytes);
    expect(text).toBe(Buffer.from(bytes).toString('base64'));
    expect(bytesOfBase64(text)).toEqual(bytes);
    if (length > 0) expect(decodeBase64(text)).toEqual(bytes);
  },
);

const LETTERS = new TextEncoder().encode('letters');

test.each([
  ['standard, padded', '+/+/bGV0dGVycw==', [0xfb, 0xff, 0xbf, ...LETTERS]],
  ['standard, unpadded', '+/+/bGV0dGVycw', [0xfb, 0xff, 0xbf, ...LETTERS]],
  ['URL-safe, padded', '-_-_bGV0dGVycw==', [0xfb, 0xff, 0xbf, ...LETTERS]],
  ['URL-safe, unpadded', '-_-_bGV0dGVycw', [0xfb, 0xff, 0xbf, ...LETTERS]],
  ['one digit of padding', 'bGV0dGU=', [...LETTERS.subarray(0, 5)]],
  ['three digits in the last group', 'bGV0dGU', [...LETTERS.subarray(0, 5)]],
])('decodeBase64 reads %s', (_, text, bytes) => {
  expect(decodeBase64(text)).toEqual(Uint8Array.from(bytes));
});

test.each([
  ['an empty text', ''],
  ['padding alone', '=='],
  ['mixed alphabets', '+/-_'],
  ['half of the padding', 'QQ='],
  ['too much padding', 'QUI=='],
  ['padding where none belongs', 'QUJD='],
  ['padding for a whole group', 'QUJD===='],
  ['one digit too many', 'QUJDR'],
  ['bits left over in two digits', 'QR'],
  ['bits left over in three digits', 'QUJ'],
  ['two texts joined by a comma', 'QUJD,QUJD'],
  ['a space', 'QU JD'],
])('decodeBase64 refuses %s', (_, text) => {
  expect(decodeBase64(text)).toBeUndefined();
});

test('bytesOfBase64 throws for what is no base64', () => {
  expect(() => bytesOfBase64('-_-_')).toThrow(DOMException);
});
