import { expect, test } from 'vitest';
import { intentOf, PAYEE, SHOP, sessionOffer } from '../payments/samples.fixture.ts';
import { showDelivery } from './show-delivery.ts';

const PRICE = 10n ** 28n;

/** What the button is told of a payment in a state, in order. */
async function toldOf(
  progress: Parameters<typeof showDelivery>[1]['progress'],
  approval: 'once' | 'budget' = 'budget',
): Promise<readonly (readonly [string, ...unknown[]])[]> {
  const told: (readonly [string, ...unknown[]])[] = [];
  const note =
    (what: string) =>
    async (...words: unknown[]) =>
      void told.push([what, ...words]);
  const button = {
    owe: note('owe'),
    paid: note('paid'),
    recovered: note('recovered'),
    settle: note('settle'),
  };
  const offer = sessionOffer(PRICE + 7n, { resourceAmount: PRICE as never });
  const intent = intentOf({ account: PAYEE, approval, offer, id: 'payment' as never });
  await showDelivery(button, { intent, progress }, { tabId: 5 });
  return told;
}

const over = [
  ['settle', 'payment'],
  ['recovered', 5],
] as const;

test('a payment within a budget is told on the button of its tab, by its price without the tag', async () => {
  expect(await toldOf({ state: 'settled' })).toEqual([
    ...over,
    ['paid', 5, { price: String(PRICE), site: SHOP }],
  ]);
});

test('a payment that the user was asked about is not told a second time', async () => {
  expect(await toldOf({ state: 'settled' }, 'once')).toEqual(over);
});

test.each(['once', 'budget'] as const)('a payment (%s) that bought nothing is marked', async (approval) => {
  const owed = [['owe', { id: 'payment', tabId: 5, price: String(PRICE), site: SHOP }]];
  expect(await toldOf({ state: 'refused' }, approval)).toEqual(owed);
  expect(await toldOf({ state: 'unanswered', reason: 'network' }, approval)).toEqual(owed);
});

test('a server that delivers later owes nothing yet, nor does one whose block was taken back', async () => {
  expect(await toldOf({ state: 'unanswered', reason: 'pending' })).toEqual(over);
  expect(await toldOf({ state: 'revoked' })).toEqual(over);
});
