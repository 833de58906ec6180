import { describe, expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import { SHOP, sessionOffer, signatureOffer } from '../payments/samples.fixture.ts';
import { debitOf } from './debit.ts';

const PRICE = 10n ** 28n;
const taggedWith = (tag: bigint, price = PRICE) => {
  const offer = sessionOffer(price + tag, { resourceAmount: price as Raw, tagAmount: tag as Raw });
  return { amount: offer.amount, offer };
};

describe('a payment is debited as', () => {
  test('its price and its session tag', () => {
    expect(debitOf(SHOP, taggedWith(4518n))).toEqual({ price: PRICE, tag: 4518n });
  });

  test('its whole amount where the tag has more than 64 bits', () => {
    expect(debitOf(SHOP, taggedWith(2n ** 64n))).toEqual({ price: PRICE, tag: 2n ** 64n });
    expect(debitOf(SHOP, taggedWith(2n ** 64n + 1n))).toEqual({ price: PRICE + 2n ** 64n + 1n, tag: 0n });
  });

  test('its whole amount where the tag is more than a millionth of the price', () => {
    expect(debitOf(SHOP, taggedWith(7n, 7_000_000n))).toEqual({ price: 7_000_000n, tag: 7n });
    expect(debitOf(SHOP, taggedWith(8n, 7_999_999n))).toEqual({ price: 8_000_007n, tag: 0n });
    expect(debitOf(SHOP, taggedWith(1n, 0n))).toEqual({ price: 1n, tag: 0n });
  });

  test('its whole amount in a private window, and where the offer is no session', () => {
    expect(debitOf(null, taggedWith(1n))).toEqual({ price: PRICE + 1n, tag: 0n });
    const { offer } = taggedWith(1n);
    const challenge = { ...offer, mechanism: 'nymChallenge' as const };
    expect(debitOf(SHOP, { amount: offer.amount, offer: challenge })).toEqual({ price: PRICE + 1n, tag: 0n });
    const signature = signatureOffer(5n);
    expect(debitOf(SHOP, { amount: signature.amount, offer: signature })).toEqual({ price: 5n, tag: 0n });
  });
});
