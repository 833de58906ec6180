import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_SUPPLY, parseXno } from '../nano/amount.ts';
import { exactXno, shortXno, shownAmount } from './format.ts';
import { readAmount } from './typed-amount.ts';

const rawOf = (text: string) => {
  const reading = readAmount(text);
  return reading.kind === 'amount' ? reading.raw : null;
};

describe('a typed amount', () => {
  test.each([
    ['1', '1'],
    ['0.01', '0.01'],
    ['0,01', '0.01'],
    ['.5', '0.5'],
    [',5', '0.5'],
    ['5.', '5'],
    ['1,5', '1.5'],
    ['  1.5\n', '1.5'],
    ['1.234', '1.234'],
    ['0,123', '0.123'],
    ['1,2345', '1.2345'],
    ['1,234.5', '1234.5'],
    ['1.234,5', '1234.5'],
    ['12,345,678', '12345678'],
    ['12.345.678', '12345678'],
    ['12 345,5', '12345.5'],
    ['1\u202f234', '1234'],
    ['12\u00a0345', '12345'],
    ["1'234.50", '1234.5'],
    ['0.01 XNO', '0.01'],
    ['0.01xno', '0.01'],
    ['1 NANO', '1'],
    ['Ӿ0.25', '0.25'],
    ['0.25 Ӿ', '0.25'],
    ['≈\u202f0.123457 XNO', '0.123457'],
    ['−0.01 XNO', '0.01'],
    ['+1 XNO', '1'],
    ['10000000000000000000000000000 raw', '0.01'],
    ['10000000000000000000000000000 RAW', '0.01'],
  ])('%j is %s XNO', (text, xno) => {
    expect(rawOf(text)).toBe(parseXno(xno));
  });

  test.each([
    ['1,234', ['1.234', '1234']],
    ['123,456', ['123.456', '123456']],
  ])('%j, which has two readings, is a fault that names both', (text, args) => {
    expect(readAmount(text)).toMatchObject({
      kind: 'none',
      fault: { key: 'fault_ambiguousAmount', args },
    });
  });

  test.each([
    '',
    ' ',
    '.',
    ',',
    'x',
    '-1',
    '1e3',
    '01',
    '1..5',
    '1.2.3',
    '1,2,3',
    '1 2',
    '1 23',
    '12 34,5',
    '1.234.5',
    '1,234,5',
    '1 234 56',
    '1,234 567',
    '<\u202f0.000001 XNO',
    '1 EUR',
    '1 raw raw',
    '0.5 raw',
    '1_000',
    '١',
    '1 XNO 2',
    '133248298',
    `0.${'0'.repeat(31)}`,
    `0.${'0'.repeat(30)}1`,
  ])('%j is refused', (text) => {
    expect(readAmount(text)).toMatchObject({ kind: 'none', fault: { key: 'fault_badAmount' } });
  });

  test('every amount is read as the purse writes it, exactly and short', () => {
    const amounts = fc.oneof(
      fc.bigInt({ min: 0n, max: MAX_SUPPLY }),
      fc.bigInt({ min: 0n, max: 10n ** 32n }),
      fc.bigInt({ min: 0n, max: 10n ** 10n }).map((steps) => steps * 10n ** 24n),
    );
    fc.assert(
      fc.property(amounts, fc.constantFrom('', '+', '−'), (raw, sign) => {
        const text = raw.toString();
        expect(rawOf(`${sign}${exactXno(text)} XNO`)).toBe(raw);
        expect(rawOf(exactXno(text))).toBe(raw);
        expect(rawOf(`${text} raw`)).toBe(raw);
        const { whole, decimals, relation } = shownAmount(text);
        if (relation === 'below') return;
        const shown = parseXno(whole.replaceAll('\u202f', '') + decimals);
        expect(rawOf(`${shortXno(text)} XNO`)).toBe(shown);
        expect(rawOf(`${sign}${whole}${decimals} XNO`)).toBe(shown);
      }),
    );
  });

  test('any text has a reading', () => {
    const parts = fc.constantFrom(
      '1',
      '0',
      '234',
      '.',
      ',',
      ' ',
      '\u202f',
      "'",
      '−',
      '-',
      'XNO',
      'raw',
      '≈',
      'Ӿ',
      'x',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(parts, { maxLength: 8 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (one) => {
        const reading = readAmount(one);
        if (reading.kind === 'amount') expect(reading.raw >= 0n && reading.raw <= MAX_SUPPLY).toBe(true);
        else expect(reading.fault.key).toMatch(/^fault_(badAmount|ambiguousAmount)$/);
      }),
    );
  });
});
