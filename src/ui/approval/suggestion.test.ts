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
])('a payment of %s XNO suggests %s a payment and %s a day', (amount, perPayment, perDay) => {
  const suggestion = suggestBudget(xno(amount), null);
  expect(formatXno(suggestion.perPayment)).toBe(perPayment);
  expect(formatXno(suggestion.perDay)).toBe(perDay);
});

test('an existing budget is never made smaller', () => {
  const budget = { perPayment: xno('0.5'), perDay: xno('0.6') };
  const suggestion = suggestBudget(xno('0.1'), budget);
  expect(formatXno(suggestion.perPayment)).toBe('0.5');
  expect(formatXno(suggestion.perDay)).toBe('1');
});

test('a limit that is not set is suggested like for a new budget', () => {
  const suggestion = suggestBudget(xno('0.1'), { perPayment: xno('0.5'), perDay: null });
  expect(formatXno(suggestion.perPayment)).toBe('0.5');
  expect(formatXno(suggestion.perDay)).toBe('1');
});

test('the suggestion always holds this payment, and is at most a hundredth above it', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: MAX_SUPPLY }), (raw) => {
      const { perPayment, perDay } = suggestBudget(raw.toString(), null);
      expect(perPayment >= raw && (perPayment - raw) * 100n < raw).toBe(true);
      expect(perDay).toBe(perPayment * 10n);
    }),
  );
});
