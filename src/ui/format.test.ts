import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LARGEST_TAG, MAX_SUPPLY, PRICE_PER_TAG, parseRaw, parseXno } from '../nano/amount.ts';
import {
  enoughXno,
  exactXno,
  type ShownAmount,
  shortAccount,
  shortXno,
  shownAmount,
  shownBeside,
} from './format.ts';

const STEP = 10n ** 24n;
const xno = (text: string) => parseXno(text).toString();
const raws = fc.bigInt({ min: 0n, max: MAX_SUPPLY });
/** Amounts of all sizes, many of them a few raw or a few tags beside a number of six decimals. */
const amounts = fc.oneof(
  raws,
  fc.bigInt({ min: 0n, max: 10n ** 32n }),
  fc
    .tuple(
      fc.bigInt({ min: 0n, max: 10n ** 8n }),
      fc.bigInt({ min: -(10n ** 23n), max: 10n ** 23n }),
      fc.nat(4),
    )
    .map(([steps, beside, size]) => steps * STEP + beside / 10n ** BigInt(5 * size))
    .filter((raw) => raw >= 0n),
);
const numberOf = ({ whole, decimals }: ShownAmount) => parseXno(whole.replaceAll('\u202f', '') + decimals);

describe('shownAmount', () => {
  test.each([
    ['0', '0'],
    ['1', '1'],
    ['0.01', '0.01'],
    ['1234.5', '1234.5'],
    ['12345.5', '12\u202f345.5'],
    ['133248297', '133\u202f248\u202f297'],
    ['0.1234567', '≈\u202f0.123457'],
    ['0.1234564', '≈\u202f0.123456'],
    ['0.9999996', '≈\u202f1'],
    ['0.000001', '0.000001'],
    ['0.0000009', '<\u202f0.000001'],
    ['0.000000000000000000000000000001', '<\u202f0.000001'],
  ])('%s XNO reads %s', (amount, shown) => {
    expect(shortXno(xno(amount))).toBe(shown);
  });

  test.each([
    ['0.9499996', '≈\u202f0.949999'],
    ['0.9499999', '≈\u202f0.949999'],
    ['0.9500004', '≈\u202f0.95'],
  ])('%s XNO that is held reads %s', (amount, shown) => {
    expect(shortXno(xno(amount), 'held')).toBe(shown);
  });

  test('a price and the largest tag of it read as the price, without a sign', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        fc.bigInt({ min: 0n, max: LARGEST_TAG }),
        (steps, tag) => {
          const price = steps * STEP;
          fc.pre(tag * PRICE_PER_TAG <= price);
          expect(shortXno(String(price + tag))).toBe(shortXno(String(price)));
        },
      ),
    );
  });

  test('1 XNO less a hundred payments of 0.009 with their tags reads 0.1, and less five of 0.01 reads 0.95', () => {
    const tag = LARGEST_TAG - 1n;
    const left = (count: bigint, price: string) => String(parseXno('1') - count * (parseXno(price) + tag));
    expect(shortXno(left(100n, '0.009'), 'held')).toBe('0.1');
    expect(shortXno(left(5n, '0.01'), 'held')).toBe('0.95');
  });

  test('an amount is rounded to the nearest number, and its sign says how the number relates to it', () => {
    fc.assert(
      fc.property(amounts, (raw) => {
        const shown = shownAmount(raw.toString());
        const difference = numberOf(shown) - raw;
        expect(shown.relation === 'exact').toBe(difference === 0n);
        if (shown.relation === 'below') expect(raw > 0n && raw < STEP && difference > 0n).toBe(true);
        else expect(difference >= -STEP / 2n && difference <= STEP / 2n).toBe(true);
        if (shown.relation === 'tags') expect(difference ** 2n * PRICE_PER_TAG ** 2n <= raw ** 2n).toBe(true);
      }),
    );
  });

  test('held money is never shown above what it is, but for a thousand tags and a millionth of it', () => {
    fc.assert(
      fc.property(amounts, (raw) => {
        const shown = shownAmount(raw.toString(), 'held');
        const more = numberOf(shown) - raw;
        if (shown.relation === 'below') return;
        expect(more <= 1000n * LARGEST_TAG && more * PRICE_PER_TAG <= raw && more > -STEP).toBe(true);
      }),
    );
  });

  test('held money beside a price that it cannot pay reads as less than the price', () => {
    const pair = fc
      .tuple(
        amounts,
        fc.oneof(amounts, fc.bigInt({ min: 1n, max: 3n * STEP }), fc.bigInt({ min: 1n, max: 10n ** 20n })),
      )
      .map(([price, less]) => [price - (less % (price + 1n)), price] as const);
    fc.assert(
      fc.property(pair, ([held, price]) => {
        fc.pre(price >= STEP);
        const shown = shownBeside(held.toString(), price.toString());
        if (held >= price) {
          expect(shown).toEqual(shownAmount(held.toString(), 'held'));
        } else if (shown.relation !== 'below') {
          expect(numberOf(shown) < numberOf(shownAmount(price.toString()))).toBe(true);
          expect(held - numberOf(shown) < 2n * STEP).toBe(true);
        }
      }),
    );
    const [left, price] = [parseXno('0.95') - 5n, parseXno('0.95') + 1n];
    expect(shownBeside(String(left), String(price))).toEqual({
      whole: '0',
      decimals: '.949999',
      relation: 'about',
    });
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
