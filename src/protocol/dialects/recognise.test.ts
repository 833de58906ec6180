import { describe, expect, test } from 'vitest';
import { headerOf, PAYEE, sessionEntry } from '../samples.fixture.ts';
import { nanoUri } from './payment-link.ts';
import { recogniseDialect } from './recognise.ts';

const RAW = '10000000000000000000000000000';
const URI = `nano:${PAYEE}?amount=${RAW}`;

const listed = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));
/** The code, with the link or the words beside it. */
function said(headers: Readonly<Record<string, string>>, body?: unknown): readonly string[] | undefined {
  const bodyText =
    body === undefined ? {} : { bodyText: typeof body === 'string' ? body : JSON.stringify(body) };
  const found = recogniseDialect({ headers: listed(headers), ...bodyText });
  return found && [found.code, ...found.args, ...(found.link === null ? [] : [nanoUri(found.link)])];
}

const rev1 = { payment_required: 'x402.NanoSession', address: PAYEE, price_raw: '1', session_id: 'a' };

describe('early NanoSession', () => {
  test.each([
    ['Rev 1 and 2, by the body', {}, rev1],
    [
      'Rev 4, in any case and with the old prefix',
      { 'x-402-ADDRESS': PAYEE.replace('nano_', 'xrb_'), 'X-402-price-raw': '1' },
    ],
    ['Rev 5, by its tag', { 'X-PAYMENT-ADDRESS': PAYEE, 'X-PAYMENT-AMOUNT': RAW, 'X-PAYMENT-TAG': '7' }],
    [
      'Rev 5, by its session',
      { 'X-PAYMENT-ADDRESS': PAYEE, 'X-PAYMENT-AMOUNT': RAW, 'X-PAYMENT-SESSION': 'a' },
    ],
    [
      'Rev 5, by its scheme',
      { 'X-Payment-Required': JSON.stringify({ ...sessionEntry, scheme: 'nano-session' }) },
    ],
    ['Rev 5, by its scheme in a body', {}, { accepts: [7, { scheme: 'exact' }, { scheme: 'nano-session' }] }],
  ])('%s', (_name, headers, body?: unknown) => {
    expect(said(headers, body)).toEqual(['LEGACY_UNSUPPORTED']);
  });

  test.each([
    ['the address of Rev 4 alone', { 'X-402-Address': PAYEE }],
    ['the price of Rev 4 alone', { 'X-402-Price-Raw': '1' }],
    ['an address of another chain', { 'X-402-Address': '0x1', 'X-402-Price-Raw': '1' }],
    ['a tag without an address', { 'X-PAYMENT-AMOUNT': RAW, 'X-PAYMENT-TAG': '7' }],
  ])('is not recognised by %s', (_name, headers) => {
    expect(said(headers)).toBeUndefined();
  });

  test('is not recognised by a tag beside an amount of XNO, nor by an amount of raw alone', () => {
    const address = { 'X-PAYMENT-ADDRESS': PAYEE };
    expect(said({ ...address, 'X-PAYMENT-AMOUNT': '0.01', 'X-PAYMENT-TAG': '7' })).toEqual([
      'PAYS_BY_DEPOSIT',
      URI,
    ]);
    expect(said({ ...address, 'X-PAYMENT-AMOUNT': RAW })).toEqual(['PAYS_TO_ORDER_ACCOUNT']);
  });
});

describe('a payee and a price in a body', () => {
  test('are recognised, with a payment link: a body does not say how to prove the payment', () => {
    expect(said({}, { pay_to: PAYEE, price_raw: RAW, network: 'nano:mainnet' })).toEqual([
      'PAYS_BY_HASH_BODY_ONLY',
      URI,
    ]);
    expect(said({}, { pay_to: PAYEE, amount_raw: RAW })).toEqual(['PAYS_BY_HASH_BODY_ONLY', URI]);
  });

  test.each([
    ['a price in XNO', { price_raw: '0.01' }],
    ['no price', {}],
    ['two prices', { price_raw: RAW, amount_raw: '1' }],
    ['another network', { price_raw: RAW, network: 'nano:beta' }],
    ['no payee', { pay_to: undefined, price_raw: RAW }],
    ['the burn account', { pay_to: `nano_${'1'.repeat(52)}hifc8npp`, price_raw: RAW }],
  ])('is not recognised from a body with %s', (_name, parts) => {
    expect(said({}, { pay_to: PAYEE, ...parts })).toBeUndefined();
  });
});

describe('an account made for one payment', () => {
  const deposit = { scheme: 'nano', network: 'nano-mainnet', amount: RAW, payTo: PAYEE };
  const exact = {
    scheme: 'nano-exact',
    network: 'nano:mainnet',
    amount: RAW,
    payTo: PAYEE.replace('nano_3', 'nano_1'),
  };

  test.each([
    ['by an id', { 'x-payment-address': PAYEE, 'x-payment-amount': '0.01', 'x-payment-id': 'pay_1' }],
    ['by an amount of XNO', { 'x-payment-address': PAYEE, 'x-payment-amount': '0.01' }],
    [
      'by an id, beside an amount of raw',
      { 'x-payment-address': PAYEE, 'x-payment-amount-raw': RAW, 'x-payment-id': 'pay_1' },
    ],
    [
      'by an amount of XNO, of which the raw decides',
      { 'x-payment-address': PAYEE, 'x-payment-amount-raw': RAW, 'x-payment-amount': '7.0' },
    ],
    [
      'by the scheme, in the list of the payment',
      {},
      { x402Version: 1, payment: { accepted: [exact, deposit] } },
    ],
    [
      'by the scheme, in the list of x402',
      {},
      { accepts: [exact, { ...deposit, amount: undefined, maxAmountRequired: RAW }] },
    ],
  ])('is a deposit %s', (_name, headers, body?: unknown) => {
    expect(said(headers, body)).toEqual(['PAYS_BY_DEPOSIT', URI]);
  });

  test.each([
    ['a whole number beside an id, which may be XNO or raw', { 'x-payment-amount': '1' }],
    ['more than there is', { 'x-payment-amount': '9999999999.0' }],
  ])('is a deposit without a link for %s', (_name, amount) => {
    expect(said({ 'x-payment-address': PAYEE, 'x-payment-id': 'pay_1', ...amount })).toEqual([
      'PAYS_BY_DEPOSIT',
    ]);
  });

  test.each([
    ['an order', { order_id: '1', nano_address: PAYEE, nano_amount_raw: RAW }, URI],
    ['a quote', { quote_id: '1', quote_token: 'a', pay_to: PAYEE, amount_raw: RAW }, URI],
    ['an order without a price', { order_id: '1', nano_address: PAYEE }],
    ['an order to another chain', { order_id: '1', nano_address: '0x1', nano_amount_raw: RAW }],
    ['a quote without a price', { quote_id: '1', pay_to: PAYEE }],
  ])('is %s', (_name, body, ...link: string[]) => {
    expect(said({}, body)).toEqual(['PAYS_TO_ORDER_ACCOUNT', ...link]);
  });

  test('is named without a link where headers leave the unit open', () => {
    expect(said({ 'x-payment-address': PAYEE, 'x-payment-amount': '1' })).toEqual(['PAYS_TO_ORDER_ACCOUNT']);
  });

  test.each([
    ['alone', `<${URI}>; rel="payment"`],
    ['beside others', `</a>; rel="next", <${URI}>; title="x"; rel=payment`],
  ])('is an invoice by a link %s', (_name, link) => {
    expect(said({ Link: link })).toEqual(['NANO_PAYMENT_LINK', URI]);
  });

  test.each([`<${URI}>; rel="next"`, `<nano:${PAYEE}>; rel="payment"`, `<${URI}&x=1>; rel="payment"`])(
    'is not recognised by %s',
    (link) => {
      expect(said({ Link: link })).toBeUndefined();
    },
  );
});

describe('other protocols and coins are recognised by name', () => {
  test.each([
    ['WWW-Authenticate', 'L402 macaroon="a", invoice="lnbc1"', 'PAYS_OTHER_COIN', 'Lightning (L402)'],
    [
      'WWW-Authenticate',
      'Payment id="a", method="tempo", intent="charge"',
      'PAYS_OTHER_PROTOCOL',
      'Machine Payments Protocol (tempo)',
    ],
    [
      'WWW-Authenticate',
      'Payment id="a", method="a", Payment id="b", method="b"',
      'PAYS_OTHER_PROTOCOL',
      'Machine Payments Protocol (a, b)',
    ],
    ['WWW-Authenticate', 'Payment id="a"', 'PAYS_OTHER_PROTOCOL', 'Machine Payments Protocol'],
    [
      'WWW-Authenticate',
      'Payment method="\u202ea\nb"',
      'PAYS_OTHER_PROTOCOL',
      'Machine Payments Protocol (a b)',
    ],
    ['crawler-price', 'USD 0.01', 'PAYS_OTHER_PROTOCOL', 'pay per crawl'],
  ])('%s: %s', (name, value, ...wanted) => {
    expect(said({ [name]: value })).toEqual(wanted);
  });

  test('x402 version 1 is for Nano, or for what it names', () => {
    const v1 = (...accepts: unknown[]) => ({ x402Version: 1, accepts });
    const usdc = { scheme: 'exact', network: 'base', extra: { name: 'USDC' } };
    expect(said({}, v1(usdc, { scheme: 'exact', network: 'nano:mainnet' }))).toEqual(['V1_NANO']);
    expect(said({}, v1(usdc))).toEqual(['PAYS_OTHER_COIN', 'USDC (x402 v1)']);
    expect(said({}, v1({ network: 'base' }))).toEqual(['PAYS_OTHER_COIN', 'base (x402 v1)']);
    expect(said({}, v1())).toEqual(['PAYS_OTHER_COIN', 'x402 v1']);
    expect(said({}, v1({}))).toEqual(['PAYS_OTHER_COIN', 'x402 v1']);
    expect(said({}, v1(null, 'base', usdc))).toEqual(['PAYS_OTHER_COIN', 'USDC (x402 v1)']);
    const named = (name: string) => said({}, v1({ ...usdc, extra: { name } }))?.[1];
    expect(named('x'.repeat(40))).toBe(`${'x'.repeat(40)} (x402 v1)`);
    expect(named('x'.repeat(41))).toBe(`${'x'.repeat(39)}… (x402 v1)`);
  });
});

test.each([
  ['nothing', {}],
  ['an address of another chain', { 'X-PAYMENT-ADDRESS': '0x1', 'X-PAYMENT-AMOUNT': '1' }],
  ['an address without a price', { 'X-PAYMENT-ADDRESS': PAYEE }],
  ['requirements of another scheme', { 'X-Payment-Required': '{"scheme":"exact"}' }],
  ['requirements that are no JSON', { 'X-Payment-Required': headerOf({}) }],
  ['another way to sign in', { 'WWW-Authenticate': 'Basic realm="Payment x"' }],
  ['a page', {}, '<html>'],
  ['JSON of another kind', {}, { error: 'Payment Required' }],
  ['a body too large to read', {}, { ...rev1, more: ' '.repeat(65_536) }],
])('%s is not recognised', (_name, headers, body?: unknown) => {
  expect(said(headers, body)).toBeUndefined();
});

test.each([
  ['an order without an account', { order_id: '1', nano_amount_raw: RAW }],
  ['an account without an order', { nano_address: PAYEE, nano_amount_raw: RAW }],
  ['a quote of another chain', { quote_id: '1', pay_to: '0x1', amount_raw: RAW }],
  [
    'the scheme of a deposit on another network',
    { accepts: [{ scheme: 'nano', network: 'x', amount: RAW }] },
  ],
  ['another scheme on its network', { accepts: [{ scheme: 'x', network: 'nano-mainnet', amount: RAW }] }],
  ['another version of x402', { x402Version: 3, accepts: [{ network: 'base' }] }],
])('a body with %s is not recognised', (_name, body) => {
  expect(said({}, body)).toBeUndefined();
});

describe('the size of what is read', () => {
  const filled = (text: string, length: number) => text + ' '.repeat(length - text.length);

  test('is 64 KiB of a body', () => {
    const body = JSON.stringify(rev1);
    expect(said({}, filled(body, 65_536))).toEqual(['LEGACY_UNSUPPORTED']);
    expect(said({}, filled(body, 65_537))).toBeUndefined();
  });

  test('is 64 KiB of a header, and its spaces do not count', () => {
    const withAddress = (length: number) =>
      said({ 'x-payment-address': filled(PAYEE, length), 'x-payment-amount': '0.01' });
    expect(withAddress(65_536)).toEqual(['PAYS_BY_DEPOSIT', URI]);
    expect(withAddress(65_537)).toBeUndefined();
  });
});

test('a header without a value is there, and is empty', () => {
  const headers = [{ name: 'X-Payment-Id' }, ...listed({ 'X-Payment-Address': PAYEE })];
  expect(recogniseDialect({ headers })).toEqual({ code: 'PAYS_BY_DEPOSIT', args: [], link: null });
  expect(recogniseDialect({ headers: [{ name: 'Link' }] })).toBeUndefined();
});

test('a response with PAYMENT-REQUIRED is classified by that header only', () => {
  const other = { 'X-Payment-Required': JSON.stringify({ ...sessionEntry, scheme: 'nano-session' }) };
  expect(said({ 'Payment-Required': headerOf({}), ...other })).toBeUndefined();
  expect(said(other)).toEqual(['LEGACY_UNSUPPORTED']);
});
