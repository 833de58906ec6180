import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_SUPPLY, parseRaw, parseXno } from '../nano/amount.ts';
import { enoughXno, exactXno, shortAccount, shortXno, shownAmount } from './format.ts';

const xno = (text: string) => parseXno(text).toString();
const raws = fc.bigInt({ min: 0n, max: MAX_SUPPLY });

describe('shownAmount', () => {
  test.each([
    ['0', '0'],
    ['1', '1'],
    ['0.01', '0.01'],
    ['1234.5', '1234.5'],
    ['12345.5', '12\u202f345.5'],
    ['133248297', '133\u202f248\u202f297'],
    ['0.1234567', '≈\u202f0.123456'],
    ['0.000001', '0.000001'],
    ['0.0000009', '<\u202f0.000001'],
    ['0.000000000000000000000000000001', '<\u202f0.000001'],
  ])('%s XNO reads %s', (amount, shown) => {
    expect(shortXno(xno(amount))).toBe(shown);
  });

  test('marks an amount as exact only when it is', () => {
    fc.assert(
      fc.property(raws, (raw) => {
        const { whole, decimals, relation } = shownAmount(raw.toString());
        const value = parseXno(whole.replaceAll('\u202f', '') + decimals);
        expect(relation === 'exact').toBe(value === raw);
        if (relation === 'about') expect(value < raw).toBe(true);
        if (relation === 'below') expect(value > raw).toBe(true);
      }),
    );
  });

  test('exactXno keeps every digit', () => {
    fc.assert(fc.property(raws, (raw) => parseXno(exactXno(raw.toString())) === raw));
  });
});

test('enoughXno is at least the amount, and less than a millionth of a XNO above it', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: MAX_SUPPLY - 10n ** 24n }), (raw) => {
      const more = parseXno(enoughXno(raw.toString())) - raw;
      expect(more >= 0n && more < 10n ** 24n).toBe(true);
    }),
  );
  expect(enoughXno(parseRaw('10000000000000000000000004518').toString())).toBe('0.010001');
});

test('shortAccount keeps both ends of an account', () => {
  const account = 'nano_1center16ci77qw5w69ww8sy4i4bfmgfhr81ydzpurm91cauj11jn6y3uc5y';
  expect(shortAccount(account)).toBe('nano_1center…6y3uc5y');
  expect(shortAccount('nano_1')).toBe('nano_1');
});
