import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Target } from '../proof-target.ts';
import { fakeFirefox } from './chrome.fixture.ts';
import { firefoxNetwork } from './network.ts';
import { ProofHeaders } from './proof-headers.ts';

const PROOF = { header: 'PAYMENT-SIGNATURE', value: 'proof', represent: 'token' } as const;
const TARGET: Target = {
  tabId: 1,
  kind: 'xmlhttprequest',
  url: 'https://shop.example/api',
  method: 'GET',
  initiators: ['page.example'],
  documentId: 'document',
  nonce: 'nonce',
};
const REQUEST = {
  tabId: 1,
  type: 'xmlhttprequest',
  url: 'https://shop.example/api#nonce',
  method: 'GET',
  originUrl: 'https://page.example/path',
  documentId: 'document',
  requestHeaders: [{ name: 'Accept', value: '*/*' }],
};

let firefox: ReturnType<typeof fakeFirefox>;
let carrier: ProofHeaders;

beforeEach(() => {
  firefox = fakeFirefox();
  carrier = new ProofHeaders(firefoxNetwork());
});
afterEach(() => vi.unstubAllGlobals());

const sends = (parts: Partial<typeof REQUEST> = {}) =>
  firefox.events.beforeSendHeaders.fire({ ...REQUEST, ...parts });

test('a proof goes on the request that it is meant for, once', async () => {
  await carrier.arm(TARGET, PROOF);
  expect(sends()).toEqual({
    requestHeaders: [
      { name: 'Accept', value: '*/*' },
      { name: 'PAYMENT-SIGNATURE', value: 'proof' },
      { name: 'X-Nano-Represent', value: 'token' },
      { name: 'Cache-Control', value: 'no-cache' },
    ],
  });
  expect(sends()).toBeUndefined();
});

test.each<[string, Partial<typeof REQUEST>]>([
  ['another tab', { tabId: 2 }],
  ['another document', { documentId: 'other' }],
  ['another origin', { originUrl: 'https://other.example/' }],
  ['another kind', { type: 'image' }],
  ['another method', { method: 'POST' }],
  ['another path', { url: 'https://shop.example/api/more#nonce' }],
  ['another port', { url: 'https://shop.example:8443/api#nonce' }],
  ['another query', { url: 'https://shop.example/api?a=b#nonce' }],
  ['another fragment', { url: 'https://shop.example/api#other' }],
])('a proof does not go on a request of %s', async (_, parts) => {
  await carrier.arm(TARGET, PROOF);
  expect(sends(parts)).toBeUndefined();
});

test('a proof goes on no request once it is disarmed, and nothing listens any more', async () => {
  const disarm = await carrier.arm(TARGET, PROOF);
  await disarm();
  await disarm();
  expect(firefox.events.beforeSendHeaders.listeners.size).toBe(0);
  expect(sends()).toBeUndefined();
});

test('proofs of equal requests go on one request each', async () => {
  const { nonce: _, ...target } = TARGET;
  await carrier.arm(target, { ...PROOF, value: 'first' });
  await carrier.arm(target, { ...PROOF, value: 'second' });
  const proofs = [sends(), sends()].map(
    (sent) => (sent as { requestHeaders: { value: string }[] }).requestHeaders[1]?.value,
  );
  expect(proofs).toEqual(['first', 'second']);
  expect(sends()).toBeUndefined();
});

test('an answer in the place of a refusal takes the next request of its tab, once', async () => {
  const document: Target = {
    tabId: 1,
    kind: 'main_frame',
    url: 'https://shop.example/',
    method: 'GET',
    initiators: null,
  };
  await carrier.answer(document, 'data:text/plain,paid');
  const begins = (tabId: number) =>
    firefox.events.beforeRequest.fire({
      tabId,
      type: 'main_frame',
      url: 'https://shop.example/',
      method: 'GET',
    });
  expect(begins(2)).toBeUndefined();
  expect(begins(1)).toEqual({ redirectUrl: 'data:text/plain,paid' });
  expect(begins(1)).toBeUndefined();
});
