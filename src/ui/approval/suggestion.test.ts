import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatXno, MAX_SUPPLY, parseXno } from '../../nano/amount.ts';
import { suggestBudget } from './suggestion.ts';

const xno = (text: string) => parseXno(text).toString();

test.each([
  ['0.01', '0.01', '0.1'],
  ['0.010000000000000000000000004518', '0.0101', '0.101'],
  ['1.5', '1.5', '15'],
  ['0.1234', '0.124', '1.24'],
])('suggestBudget for a payment of %s XNO is %s per payment and %s per day', (amount, perPayment, perDay) => {
  const suggestion = suggestBudget(xno(amount), null);
  expect(formatXno(suggestion.perPayment)).toBe(perPayment);
  expect(formatXno(suggestion.perDay)).toBe(perDay);
});

test('suggestBudget never lowers an existing budget', () => {
  const budget = { perPayment: xno('0.5'), perDay: xno('0.6') };
  const suggestion = suggestBudget(xno('0.1'), budget);
  expect(formatXno(suggestion.perPayment)).toBe('0.5');
  expect(formatXno(suggestion.perDay)).toBe('1');
});

test('suggestBudget treats an unset limit as that of a new budget', () => {
  const suggestion = suggestBudget(xno('0.1'), { perPayment: xno('0.5'), perDay: null });
  expect(formatXno(suggestion.perPayment)).toBe('0.5');
  expect(formatXno(suggestion.perDay)).toBe('1');
});

test('suggestBudget always covers the payment, by at most one per cent more', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: MAX_SUPPLY }), (raw) => {
      const { perPayment, perDay } = suggestBudget(raw.toString(), null);
      expect(perPayment >= raw && (perPayment - raw) * 100n < raw).toBe(true);
      expect(perDay).toBe(perPayment * 10n);
    }),
  );
});
