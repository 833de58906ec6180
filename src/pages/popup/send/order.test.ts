import { describe, expect, test } from 'vitest';
import { parseXno } from '../../../nano/amount.ts';
import { orderOf, withRecipient } from './order.ts';

const PAYEE = 'nano_3noms9a1zytox399kygpge6cc7hu1z79ms1cgzojodz8741qi7w5u3nzb8mn';
const xno = (text: string) => parseXno(text).toString();
const draft = { to: PAYEE, amount: '0,5', everything: false };

describe('the form of Send', () => {
  test('is an order once both fields can be read and the balance is enough', () => {
    const order = { to: PAYEE, amount: xno('0.5'), everything: false };
    expect(orderOf(draft, xno('1'))).toEqual(order);
    expect(orderOf(draft, null)).toEqual(order);
    expect(orderOf({ ...draft, to: PAYEE.toUpperCase() }, xno('0.5'))).toEqual(order);
    for (const part of [{ to: '' }, { to: 'nobody' }, { amount: '' }, { amount: '0' }, { amount: '1,234' }]) {
      expect(orderOf({ ...draft, ...part }, xno('2000'))).toBeNull();
    }
    expect(orderOf(draft, xno('0.499999999999999999999999999999'))).toBeNull();
  });

  test('sends the whole balance to the raw, whatever stands in the field for the amount', () => {
    const balance = xno('0.949999999999999999999999999999');
    const order = { to: PAYEE, amount: balance, everything: true };
    expect(orderOf({ ...draft, amount: 'x', everything: true }, balance)).toEqual(order);
    for (const none of [null, '0']) expect(orderOf({ ...draft, everything: true }, none)).toBeNull();
  });

  test('takes account and amount of a payment URI', () => {
    const uri = `nano:${PAYEE}?amount=10000000000000000000000000001`;
    const amount = '0.010000000000000000000000000001';
    expect(withRecipient({ to: '', amount: '7', everything: true }, uri)).toEqual({
      to: PAYEE,
      amount,
      everything: false,
    });
    expect(withRecipient({ ...draft, to: '' }, `nano:${PAYEE}`)).toEqual(draft);
    expect(withRecipient(draft, 'nano:')).toEqual({ ...draft, to: 'nano:' });
  });
});
