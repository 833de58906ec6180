import { describe, expect, test } from 'vitest';
import { readCurrency } from './currency.ts';

describe('the currency of values', () => {
  test.each([
    ['eur', '0,85', { code: 'EUR', rate: '0.85' }],
    [' USD ', ' 1.10 ', { code: 'USD', rate: '1.1' }],
    ['JPY', '.5', { code: 'JPY', rate: '0.5' }],
    ['EUR', '0.1234567890123456', { code: 'EUR', rate: '0.123456789012' }],
    ['IDR', '99999999', { code: 'IDR', rate: '99999999' }],
    ['', '', null],
    [' ', ' ', null],
  ])('%j at %j is read', (code, rate, currency) => {
    expect(readCurrency(code, rate)).toEqual({ kind: 'read', currency });
  });

  test.each([
    ['EURO', '1', 'badCode'],
    ['XX', '', 'badCode'],
    ['QQQ', '1', 'badCode'],
    ['EUR', 'x', 'badRate'],
    ['EUR', '0', 'badRate'],
    ['EUR', '100000000', 'badRate'],
    ['EUR', '-1', 'badRate'],
    ['EUR', '1,234', 'badRate'],
    ['EUR', '0.0000000000001', 'badRate'],
    ['EUR', '', 'unfinished'],
    ['', '1', 'unfinished'],
  ])('%j at %j is %s', (code, rate, kind) => {
    expect(readCurrency(code, rate).kind).toBe(kind);
  });
});
