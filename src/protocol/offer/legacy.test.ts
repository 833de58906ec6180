import { expect, test } from 'vitest';
import { headerOf, PAYEE, sessionEntry } from '../samples.fixture.ts';
import { recogniseLegacy } from './legacy.ts';

const rev1 = { payment_required: 'x402.NanoSession', address: PAYEE, price_raw: '1', session_id: 'a' };

test('Rev 1 and 2 are recognised by their body', () => {
  expect(recogniseLegacy({ headers: [], bodyText: JSON.stringify(rev1) })).toBe('LEGACY_UNSUPPORTED');
});

test('header names are recognised in any case and with old prefixes', () => {
  const headers = [
    { name: 'x-402-ADDRESS', value: PAYEE.replace('nano_', 'xrb_') },
    { name: 'X-402-price-raw', value: '1' },
  ];
  expect(recogniseLegacy({ headers })).toBe('LEGACY_UNSUPPORTED');
});

test.each([
  ['nothing', [], undefined],
  ['a header without a value', [{ name: 'X-402-Address' }], undefined],
  [
    'an address of another chain',
    [
      { name: 'X-PAYMENT-ADDRESS', value: '0x1' },
      { name: 'X-PAYMENT-AMOUNT', value: '1' },
    ],
    undefined,
  ],
  ['an address without a price', [{ name: 'X-PAYMENT-ADDRESS', value: PAYEE }], undefined],
  [
    'requirements of another scheme',
    [{ name: 'X-Payment-Required', value: '{"scheme":"exact"}' }],
    undefined,
  ],
  ['requirements that are no JSON', [{ name: 'X-Payment-Required', value: headerOf({}) }], undefined],
  ['a page', [], '<html>'],
  ['JSON of another kind', [], '{"error":"Payment Required"}'],
  ['a body too large to read', [], JSON.stringify({ ...rev1, more: ' '.repeat(65_536) })],
])('%s is none of them', (_name, headers, bodyText) => {
  expect(recogniseLegacy({ headers, ...(bodyText === undefined ? {} : { bodyText }) })).toBeUndefined();
});

test('a response with PAYMENT-REQUIRED is classified by that header only', () => {
  const headers = [
    { name: 'Payment-Required', value: headerOf({}) },
    { name: 'X-Payment-Required', value: JSON.stringify({ ...sessionEntry, scheme: 'nano-session' }) },
  ];
  expect(recogniseLegacy({ headers })).toBeUndefined();
  expect(recogniseLegacy({ headers: headers.slice(1) })).toBe('LEGACY_UNSUPPORTED');
});
