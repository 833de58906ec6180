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
  ])('%s', (_name, headers, body?: unknown) => {
    expect(said(headers, body)).toEqual(['LEGACY_UNSUPPORTED']);
  });
});

describe('a payee and a price in a body', () => {
  test('are named, with their link: a body does not say how to prove the payment', () => {
    expect(said({}, { pay_to: PAYEE, price_raw: RAW, network: 'nano:mainnet' })).toEqual([
      'PAYS_BY_HASH_BODY_ONLY',
      URI,
    ]);
    expect(said({}, { pay_to: PAYEE, price_raw: '0.01' })).toBeUndefined();
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

describe('what other protocols and coins are called', () => {
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

test('a response with PAYMENT-REQUIRED is classified by that header only', () => {
  const other = { 'X-Payment-Required': JSON.stringify({ ...sessionEntry, scheme: 'nano-session' }) };
  expect(said({ 'Payment-Required': headerOf({}), ...other })).toBeUndefined();
  expect(said(other)).toEqual(['LEGACY_UNSUPPORTED']);
});
