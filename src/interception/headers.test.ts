import { expect, test } from 'vitest';
import { headerOf, PROOF_HEADER, REPRESENT_HEADER } from './headers.ts';

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
  expect([PROOF_HEADER, REPRESENT_HEADER]).toEqual(['PAYMENT-SIGNATURE', 'X-Nano-Represent']);
});
