import { expect, test } from 'vitest';
import { answered, type Exchange, priced, seen } from '../exchanges/exchange.ts';
import type { PaymentId } from '../payment-id.ts';
import { challengeOf } from '../payments/samples.fixture.ts';
import { DocumentTitles, type TitledTab } from './document-titles.ts';

const TAB = 1;
const challenge = challengeOf({ tabId: TAB });
const PAYMENT = 'payment' as PaymentId;

function exchangeOf(status: number, parts: Partial<typeof challenge> = {}): Exchange {
  const request = { ...challenge, ...parts };
  const answer = { kind: 'answered', status, paymentResponse: null, paymentRequired: null } as const;
  const exchange = seen(request.id, request, priced(request));
  return {
    ...exchange,
    steps: [
      ...exchange.steps,
      { kind: 'served', at: 1, payment: PAYMENT },
      answered(2, 'page', answer as Parameters<typeof answered>[2]),
    ],
  };
}

/** What is kept of a tab with these exchanges. */
async function keptOf(exchanges: readonly Exchange[], tab: Partial<TitledTab> | undefined) {
  const kept: [PaymentId, string][] = [];
  const shown = { incognito: false, status: 'complete', url: challenge.url, title: 'An article', ...tab };
  const titles = new DocumentTitles({
    exchanges: { of: async () => exchanges },
    tab: async () => (tab === undefined ? undefined : (shown as TitledTab)),
    keep: async (id, title) => kept.push([id, title]) > 0,
    notifyPages: () => undefined,
  });
  await titles.look(TAB);
  return kept;
}

test('the title of a document that was paid for and served is kept', async () => {
  expect(await keptOf([exchangeOf(200)], {})).toEqual([[PAYMENT, 'An article']]);
  expect(await keptOf([exchangeOf(200)], { url: `${challenge.url}#part` })).toEqual([
    [PAYMENT, 'An article'],
  ]);
});

test('a title is cleaned as every text of a site is, and cut', async () => {
  const [[, title] = []] = await keptOf([exchangeOf(200)], {
    title: `\u202eelcitra\n\nno ${'long '.repeat(99)}`,
  });
  expect(title).toMatch(/^elcitra no long/);
  expect(title).toHaveLength(120);
});

test.each<[string, readonly Exchange[], Partial<TitledTab> | undefined]>([
  ['without a 402', [], {}],
  ['of a request that was refused', [exchangeOf(402)], {}],
  ['of a request that no document sent', [exchangeOf(200, { kind: 'xmlhttprequest' })], {}],
  ['in a private window', [exchangeOf(200)], { incognito: true }],
  ['that is not loaded yet', [exchangeOf(200)], { status: 'loading' }],
  ['that shows another page by now', [exchangeOf(200)], { url: 'https://shop.example/other' }],
  ['without a title of its own', [exchangeOf(200)], { title: 'shop.example/article' }],
  ['with an invisible title', [exchangeOf(200)], { title: '\u200b' }],
  ['that is gone', [exchangeOf(200)], undefined],
])('no title is kept of a tab %s', async (_, exchanges, tab) => {
  expect(await keptOf(exchanges, tab)).toEqual([]);
});
