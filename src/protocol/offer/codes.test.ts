import { expect, test } from 'vitest';
import { encodeBase64 } from '../../base64.ts';
import { recogniseDialect } from '../dialects/recognise.ts';
import { context, headerOf, PAGE, PAYEE } from '../samples.fixture.ts';
import { decodeEnvelope } from '../wire/envelope.ts';
import { dialectCodes, envelopeCodes } from './codes.ts';
import { readHashOffer } from './hash-offer.ts';

test('the codes for a whole header are those that its decoder gives, in the order of its checks', () => {
  const [version, resource] = [{ x402Version: 2 }, { resource: { url: PAGE } }];
  const refused = [
    ...['A'.repeat(65_537), '%', encodeBase64(Uint8Array.of(0xff)), encodeBase64(Uint8Array.of(0x7b))],
    ...[[], {}, version, { ...version, ...resource }].map(headerOf),
  ];
  const found = refused.map((header) => decodeEnvelope(header));
  expect(found.map((decoded) => !decoded.ok && decoded.code)).toEqual(envelopeCodes);
});

test('the codes for a 402 without PAYMENT-REQUIRED are those that are given for one', () => {
  const raw = '10000000000000000000000000000';
  const headers = (named: Readonly<Record<string, string>>) => ({
    headers: Object.entries(named).map(([name, value]) => ({ name, value })),
  });
  const body = (said: object) => ({ headers: [], bodyText: JSON.stringify(said) });
  const responses = [
    body({ payment_required: 'x402.NanoSession' }),
    body({ pay_to: PAYEE, price_raw: raw }),
    headers({ Link: `<nano:${PAYEE}?amount=${raw}>; rel="payment"` }),
    headers({ 'x-payment-address': PAYEE, 'x-payment-amount': '0.01' }),
    headers({ 'x-payment-address': PAYEE, 'x-payment-amount': '1' }),
    body({ x402Version: 1, accepts: [{ network: 'nano:mainnet' }] }),
    body({ x402Version: 1, accepts: [{ network: 'base' }] }),
    headers({ 'crawler-price': 'USD 0.01' }),
  ];
  const found = responses.map((response) => recogniseDialect(response)?.code);
  const hash = readHashOffer({ headers: [] }, context);
  expect([found[0], hash, ...found.slice(1)]).toEqual(dialectCodes);
});
