import { expect, test } from 'vitest';
import { carriesProof, headerOf, headersOf } from './headers.ts';

test('a header is found by its name in any case', () => {
  const headers = [
    { name: 'Payment-Required', value: 'offer' },
    { name: 'payment-response', value: '' },
  ];
  expect(headerOf(headers, 'PAYMENT-REQUIRED')).toBe('offer');
  expect(headerOf(headers, 'payment-required')).toBe('offer');
  expect(headerOf(headers, 'Payment-Response')).toBe('');
});

test('a header that is absent is null, also where the browser lists none', () => {
  expect(headerOf([{ name: 'date', value: 'today' }], 'payment-required')).toBeNull();
  expect(headerOf([], 'payment-required')).toBeNull();
  expect(headerOf(undefined, 'payment-required')).toBeNull();
});

test('several headers of one name are joined by commas, in their order', () => {
  const headers = [
    { name: 'Link', value: '</a>' },
    { name: 'date', value: 'today' },
    { name: 'link', value: '</b>' },
  ];
  expect(headerOf(headers, 'link')).toBe('</a>, </b>');
});

test('a value that the browser gives as bytes is read as Latin-1, and one without a value is empty', () => {
  expect(headerOf([{ name: 'note', binaryValue: [0x63, 0x61, 0x66, 0xe9] }], 'note')).toBe('café');
  expect(headerOf([{ name: 'note' }], 'note')).toBe('');
});

test('a proof and the token of a server have the names of the protocol', () => {
  expect(headersOf({ header: 'PAYMENT-SIGNATURE', value: 'proof' })).toEqual({
    'PAYMENT-SIGNATURE': 'proof',
  });
  expect(headersOf({ header: 'X-Nano-Payment', value: 'hash', represent: 'token' })).toEqual({
    'X-Nano-Payment': 'hash',
    'X-Nano-Represent': 'token',
  });
});

test('a request carries a proof by either header, and not by the token of a server alone', () => {
  expect(carriesProof([{ name: 'payment-signature', value: 'proof' }])).toBe(true);
  expect(carriesProof([{ name: 'x-nano-payment', value: 'hash' }])).toBe(true);
  expect(carriesProof([{ name: 'X-Nano-Represent', value: 'token' }])).toBe(false);
  expect(carriesProof(undefined)).toBe(false);
});
