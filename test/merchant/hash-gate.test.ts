import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAID_MARKER } from './pages/layout.ts';
import { ask, openTestBed, type TestBed, XNO } from './testing/test-bed.ts';

const PRICE = XNO / 1000n;

let testBed: TestBed;
beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());

const at = (query = '') =>
  `${testBed.merchant.origin}/api/private?mechanism=hashBearer&price=${PRICE}${query}`;
const show = (hash: string, query = '') => ask(at(query), { headers: { 'X-Nano-Payment': hash } });
const pay = () => testBed.payer.pay(testBed.merchant.payTo, PRICE);

test('the price stands in plain headers and in the body, and in no PAYMENT-REQUIRED', async () => {
  const response = await ask(at());
  expect(response.status).toBe(402);
  expect(response.headers.get('payment-required')).toBeNull();
  const { payTo } = testBed.merchant;
  expect(response.headers.get('x-payment-address')).toBe(payTo);
  expect(response.headers.get('x-payment-amount-raw')).toBe(String(PRICE));
  expect(await response.json()).toMatchObject({ pay_to: payTo, price_raw: String(PRICE) });
});

test('who shows a hash first gets the content, and nobody after that', async () => {
  const hash = await pay();
  const first = await show(hash);
  expect(first.status).toBe(200);
  expect(first.headers.get('payment-response')).toBeNull();
  expect(await first.text()).toContain(PAID_MARKER);
  expect(testBed.merchant.books().payments.at(-1)).toMatchObject({ mechanism: 'hashBearer', hash });

  const second = await show(hash, '&flavour=reference');
  expect(second.status).toBe(402);
  expect(await second.json()).toMatchObject({
    error: 'nano_payment_already_used',
    hint: expect.stringContaining('Send again'),
  });
});

test('a hash that is not taken yet gets the price again, with a word or without one', async () => {
  const unknown = 'AB'.repeat(32);
  const plain = await show(unknown);
  expect(plain.status).toBe(402);
  expect(await plain.json()).toEqual(await (await ask(at())).json());
  const worded = await show(unknown, '&flavour=reference');
  expect(await worded.json()).toMatchObject({ error: 'nano_payment_not_confirmed' });
});

test('a good hash is turned away as often as the terms say, and spent by the delivery that is served', async () => {
  const hash = await pay();
  const terms = '&refuse-first=1&refuse-with=503';
  const away = await show(hash, terms);
  expect(away.status).toBe(503);
  expect(await away.json()).toEqual({ error: 'Contact seller before paying again' });
  expect((await show(hash, terms)).status).toBe(200);
});

test('a send of another amount, and a hash in lower case, are not taken', async () => {
  const hash = await testBed.payer.pay(testBed.merchant.payTo, PRICE + 1n);
  expect((await show(hash)).status).toBe(402);
  expect((await show((await pay()).toLowerCase())).status).toBe(402);
});
