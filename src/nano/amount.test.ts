import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import {
  addRaw,
  formatXno,
  isCanonicalRaw,
  MAX_RAW,
  MAX_SUPPLY,
  parseBalance,
  parseRaw,
  parseXno,
  RAW_PER_XNO,
  type Raw,
  RawText,
  subtractRaw,
  ZERO,
} from './amount.ts';

const raw = fc.bigInt({ min: 0n, max: MAX_SUPPLY }).map((amount) => amount as Raw);

describe('raw', () => {
  test('every amount up to the supply is read as written, and a larger one is refused', () => {
    fc.assert(fc.property(raw, (amount) => parseRaw(amount.toString()) === amount));
    expect(parseRaw(MAX_SUPPLY.toString())).toBe(MAX_SUPPLY);
    expect(isCanonicalRaw((MAX_SUPPLY + 1n).toString())).toBe(false);
    expect(isCanonicalRaw(1n)).toBe(false);
  });

  test('a text is canonical only if formatting its value gives the same text', () => {
    const near = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[ +-]?[0-9_.e]{1,8}\n?$/),
      fc.bigInt().map(String),
    );
    fc.assert(fc.property(near, (text) => !isCanonicalRaw(text) || parseRaw(text).toString() === text));
  });

  test.each([
    1,
    null,
    undefined,
    true,
    ['1'],
    {},
    '',
    '01',
    '+1',
    '-1',
    '1.0',
    '1e3',
    '0x1',
    ' 1',
    '1\n',
    '١',
  ])('refuses %j', (value) => {
    expect(isCanonicalRaw(value)).toBe(false);
    expect(() => parseRaw(value)).toThrow(expect.objectContaining({ key: 'fault_badAmount' }));
    expect(v.is(RawText, value)).toBe(false);
  });

  test('a text of megabytes is refused without conversion to a number', () => {
    const long = '9'.repeat(3_000_000);
    const converts = vi.spyOn(globalThis, 'BigInt');
    expect(isCanonicalRaw(long)).toBe(false);
    expect(converts).not.toHaveBeenCalled();
    converts.mockRestore();
  });

  test('sums and differences are exact, and a negative difference is a fault', () => {
    fc.assert(fc.property(raw, raw, (a, b) => subtractRaw(addRaw(a, b), b) === a));
    expect(() => subtractRaw(ZERO, RAW_PER_XNO)).toThrow(
      expect.objectContaining({ key: 'fault_insufficient', args: ['1'] }),
    );
  });
});

describe('XNO', () => {
  test('a formatted amount is read back exactly', () => {
    fc.assert(fc.property(raw, (amount) => parseXno(formatXno(amount)) === amount));
  });

  test.each([
    ['0', '0'],
    ['1.50', `15${'0'.repeat(29)}`],
    ['0.0', '0'],
  ])('reads %s', (text, amount) => expect(parseXno(text).toString()).toBe(amount));

  test.each([
    '',
    '.',
    '.5',
    '1.',
    '01',
    '-0',
    '1e3',
    '1,5',
    ' 1',
    '1 ',
    '1_0',
    'NaN',
    '133248298',
    `0.${'0'.repeat(31)}`,
  ])('refuses %j', (text) =>
    expect(() => parseXno(text)).toThrow(expect.objectContaining({ key: 'fault_badAmount' })),
  );
});

describe('a balance', () => {
  test('may be larger than the supply, and is at most what fits in a block', () => {
    const largest = '340282366920938463463374607431768211455';
    expect(parseBalance(largest).toString()).toBe(largest);
    expect(MAX_RAW.toString()).toBe(largest);
    for (const text of ['340282366920938463463374607431768211456', '-1', '01', '', 7, null]) {
      expect(() => parseBalance(text)).toThrow(expect.objectContaining({ key: 'fault_badAmount' }));
    }
  });

  test('that is too small says how much is missing', () => {
    expect(() => subtractRaw(RAW_PER_XNO, (3n * RAW_PER_XNO) as Raw)).toThrow(
      expect.objectContaining({ key: 'fault_insufficient', args: ['2'] }),
    );
  });
});
