import { equal, notEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BURN_ADDRESS, readAddress } from '../../nano/account.ts';
import { MAX_SUPPLY } from '../../nano/amount.ts';
import type { UnpricedResponse } from '../dialects/response.ts';
import { ARRIVED, context, PAGE, PAYEE } from '../samples.fixture.ts';
import { readHashOffer } from './hash-offer.ts';

const RAW = '10000000000000000000000000000';
const OTHER = 'nano_3i1aq1cchnmbn9x5rsbap8b15akfh7wj7pwskuzi7ahz8oq6cobd99d4r3b7';
const headers = { 'x-payment-address': PAYEE, 'x-payment-amount-raw': RAW };

type Named = Readonly<Record<string, string>>;
const listed = (named: Named) => Object.entries(named).map(([name, value]) => ({ name, value }));
const responseOf = (named: Named, body?: unknown): UnpricedResponse => ({
  headers: listed(named),
  ...(body !== undefined && { bodyText: typeof body === 'string' ? body : JSON.stringify(body) }),
});

test('one payee and one price in plain headers are an offer, good for five minutes', () => {
  expect(readHashOffer(responseOf(headers), context)).toEqual({
    mechanism: 'hashBearer',
    oncePer: undefined,
    index: 0,
    network: 'nano:mainnet',
    amount: BigInt(RAW),
    payTo: PAYEE,
    expiresAt: ARRIVED + 5 * 60_000,
    accepted: {},
    resource: { url: PAGE },
    resourceEcho: {},
    extensions: undefined,
    warnings: [],
  });
});

describe('an offer by hash is made', () => {
  test.each<[name: string, headers: Named, body?: unknown]>([
    [
      'with the network and the asset',
      { ...headers, 'x-payment-network': 'nano:mainnet', 'x-payment-asset': 'xno' },
    ],
    ['with any scheme', { ...headers, 'x-payment-scheme': 'catalog-nano-hash-v1' }],
    ['with names in any case', { 'X-Payment-Address': PAYEE, 'X-PAYMENT-AMOUNT-RAW': RAW }],
    ['with a body that says the same', headers, { pay_to: PAYEE, price_raw: RAW, network: 'nano:mainnet' }],
    ['with the price under its other name', headers, { amount_raw: RAW }],
    ['with a body that says nothing of it', headers, { error: 'payment required' }],
    ['with a page', headers, '<html>'],
  ])('%s', (_name, given, body?) => {
    expect(readHashOffer(responseOf(given, body), context)).toMatchObject({ payTo: PAYEE });
  });
});

describe('an offer by hash is refused', () => {
  test.each<[name: string, headers: Named, body?: unknown]>([
    ['without a payee', { 'x-payment-amount-raw': RAW }],
    ['without a price', { 'x-payment-address': PAYEE }],
    ['with a payee without a right checksum', { ...headers, 'x-payment-address': `${PAYEE.slice(0, -1)}1` }],
    ['with the burn account', { ...headers, 'x-payment-address': BURN_ADDRESS }],
    ['with two payees in one header', { ...headers, 'x-payment-address': `${PAYEE}, ${PAYEE}` }],
    ['with two headers of one name', { ...headers, 'X-Payment-Address': PAYEE }],
    ['with two prices', { ...headers, 'X-Payment-Amount-Raw': RAW }],
    ['with a price of zero', { ...headers, 'x-payment-amount-raw': '0' }],
    ['with a price in XNO', { ...headers, 'x-payment-amount-raw': '0.01' }],
    ['with a price that is not canonical', { ...headers, 'x-payment-amount-raw': `0${RAW}` }],
    ['with a price above the supply', { ...headers, 'x-payment-amount-raw': String(MAX_SUPPLY + 1n) }],
    ['beside an id', { ...headers, 'x-payment-id': '' }],
    ['beside an id that is too long to be read', { ...headers, 'x-payment-id': 'x'.repeat(70_000) }],
    ['beside an amount of XNO', { ...headers, 'x-payment-amount': '0.01' }],
    ['beside the tag of an early NanoSession', { ...headers, 'x-payment-tag': '7' }],
    ['beside the session of an early NanoSession', { ...headers, 'x-payment-session': 'a' }],
    ['beside PAYMENT-REQUIRED', { ...headers, 'PAYMENT-REQUIRED': '' }],
    ['with another payee in the body', headers, { pay_to: OTHER }],
    ['with another price in the body', headers, { price_raw: RAW, amount_raw: '1' }],
    ['with a price in the body that is no text', headers, { price_raw: 1 }],
    ['with another network in the body', headers, { network: 'nano:beta' }],
  ])('%s', (_name, given, body?) => {
    expect(readHashOffer(responseOf(given, body), context)).toBe('BAD_HASH_OFFER');
  });

  test('for another network, another asset, and after its time', () => {
    const on = (more: Named) => readHashOffer(responseOf({ ...headers, ...more }), context);
    expect(on({ 'x-payment-network': 'nano:beta' })).toBe('UNSUPPORTED_NETWORK');
    expect(on({ 'x-payment-network': 'nano:mainnet', 'X-Payment-Network': 'nano:mainnet' })).toBe(
      'UNSUPPORTED_NETWORK',
    );
    expect(on({ 'x-payment-asset': 'USDC' })).toBe('UNSUPPORTED_ASSET');
    const late = { ...context, now: ARRIVED + 5 * 60_000 };
    expect(readHashOffer(responseOf(headers), late)).toBe('EXPIRED');
  });
});

test('on a test network an offer by hash may use the name of the live one, where other offers may', () => {
  const sandbox = { ...context, network: 'nano:devnet' };
  const live = responseOf({ ...headers, 'x-payment-network': 'nano:mainnet' }, { network: 'nano:mainnet' });
  expect(readHashOffer(live, sandbox)).toBe('UNSUPPORTED_NETWORK');
  expect(readHashOffer(live, { ...sandbox, alsoNamed: 'nano:mainnet' })).toMatchObject({
    network: 'nano:devnet',
  });
});

test('an offer by hash has the warnings of other offers', () => {
  const old = responseOf({ ...headers, 'x-payment-address': PAYEE.replace('nano_', 'xrb_') });
  expect(readHashOffer(old, { ...context, url: 'http://shop.example/' })).toMatchObject({
    payTo: PAYEE,
    warnings: ['insecurePage', 'legacyPayTo'],
  });
});

test('any headers and body are refused, or pay one stated price to one stated payee', () => {
  const nearly = fc.oneof(
    fc.constantFrom(PAYEE, OTHER, BURN_ADDRESS, RAW, '0', '1', '0.01', 'nano:mainnet', 'XNO', ''),
    fc.string({ maxLength: 12 }),
  );
  const names = fc.constantFrom(
    ...['x-payment-address', 'x-payment-amount-raw', 'x-payment-network', 'x-payment-asset'],
    ...['x-payment-id', 'x-payment-amount', 'payment-required', 'x-payment-tag', 'x-payment-scheme'],
  );
  const more = fc.array(fc.record({ name: names, value: fc.option(nearly, { nil: undefined }) }), {
    maxLength: 3,
  });
  const body = fc.option(
    fc.record(
      { pay_to: nearly, price_raw: nearly, amount_raw: nearly, network: nearly },
      { requiredKeys: [] },
    ),
    { freq: 1 },
  );
  const mostly = fc.nat(7).map((drawn) => drawn > 0);
  let payable = 0;
  fc.assert(
    fc.property(mostly, mostly, more, body, (hasPayee, hasPrice, added, said) => {
      const all = [
        ...(hasPayee ? [{ name: 'X-Payment-Address', value: PAYEE }] : []),
        ...(hasPrice ? [{ name: 'X-Payment-Amount-Raw', value: RAW }] : []),
        ...added,
      ];
      const offer = readHashOffer({ headers: all, ...(said && { bodyText: JSON.stringify(said) }) }, context);
      if (typeof offer === 'string') return;
      payable += 1;
      const valuesOf = (name: string) =>
        all.filter((header) => header.name.toLowerCase() === name).map(({ value }) => value);
      equal(valuesOf('x-payment-address').length, 1);
      equal(readAddress(valuesOf('x-payment-address')[0])?.address, offer.payTo);
      equal(String(valuesOf('x-payment-amount-raw')), String(offer.amount));
      ok(offer.amount > 0n && offer.amount <= MAX_SUPPLY);
      notEqual(offer.payTo, BURN_ADDRESS);
      for (const other of ['payment-required', 'x-payment-id', 'x-payment-amount', 'x-payment-tag'])
        equal(valuesOf(other).length, 0);
      for (const [key, stated] of Object.entries(said ?? {})) {
        if (key === 'pay_to') equal(readAddress(stated)?.address, offer.payTo);
        else equal(stated, key === 'network' ? 'nano:mainnet' : String(offer.amount));
      }
    }),
    { numRuns: 2_000 },
  );
  ok(payable > 20, 'the cases must not all be refused');
});
