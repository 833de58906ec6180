import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_SUPPLY, parseXno } from '../nano/amount.ts';
import { worthOf } from './value.ts';

const xno = (text: string) => parseXno(text).toString();

describe('the value of an amount', () => {
  test.each([
    ['0.01', 'EUR', '0.85', 'en', '€0.0085'],
    ['0.3', 'EUR', '0.85', 'en', '€0.26'],
    ['0.3', 'EUR', '0.85', 'de', '0,26\u00a0€'],
    ['1', 'EUR', '0.5', 'en', '€0.50'],
    ['12345', 'USD', '1.1', 'en', '$13,579.50'],
    ['0.01', 'JPY', '120', 'en', '¥1.2'],
    ['100', 'JPY', '120', 'en', '¥12,000'],
    ['0', 'EUR', '0.85', 'en', '€0.00'],
    ['0.000001', 'EUR', '0.85', 'en', '< €0.000001'],
    ['0.000000000000000000000000000001', 'USD', '1', 'en', '< $0.000001'],
  ])('%s XNO in %s at %s, in %s, is %s', (amount, code, rate, locale, text) => {
    const { relation, text: worth } = worthOf(xno(amount), { code, rate }, locale);
    expect(relation === 'below' ? `< ${worth}` : worth).toBe(text);
  });

  test('is never off by more than the rounding of its digits', () => {
    const rates = fc.integer({ min: 1, max: 10 ** 9 }).map((millionths) => (millionths / 1e6).toFixed(6));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_SUPPLY }), rates, (raw, rate) => {
        const { relation, text } = worthOf(raw.toString(), { code: 'USD', rate }, 'en');
        const exact = (Number(raw) / 1e30) * Number(rate);
        const shown = Number(text.replace(/[^\d.]/g, ''));
        if (relation === 'below') expect(exact).toBeLessThan(0.000001);
        else expect(Math.abs(shown - exact)).toBeLessThanOrEqual(Math.max(exact * 0.0501, 1e-9));
      }),
    );
  });
});
