import { expect, test } from 'vitest';
import type { Received } from '../network/browser-network.ts';
import { firefoxNetwork, starterOf } from './network.ts';

const network = firefoxNetwork();
const received = (parts: object): Received => ({ type: 'main_frame', ...parts }) as unknown as Received;

test.each([
  ['an address that its user typed', 'user', 'none', undefined, 'user'],
  ['a link that its user clicked', 'user', 'cross-site', 'https://page.example', 'user'],
  ['a script of a page', 'none', 'same-origin', 'https://page.example', 'page'],
  ['an extension', 'user', 'none', 'moz-extension://other', 'outside'],
  ['a page with an opaque origin', 'user', 'cross-site', undefined, 'outside'],
  ['the browser, which brings a page back', 'none', 'none', undefined, 'browser'],
  ['a navigation without the headers that tell', 'unknown', null, undefined, null],
] as const)('the start of a document by %s', (_, activation, site, initiator, starter) => {
  expect(starterOf({ activation, site }, initiator)).toBe(starter);
});

test('a document without an origin is its user’s, and any other request without one comes from an opaque origin', () => {
  expect(network.initiatorOf(received({}))).toBeUndefined();
  expect(network.initiatorOf(received({ type: 'image' }))).toBe('null');
  expect(network.initiatorOf(received({ originUrl: 'data:text/html,page' }))).toBe('null');
  expect(network.initiatorOf(received({ originUrl: 'https://page.example/path' }))).toBe(
    'https://page.example',
  );
});

test.each([
  [{ incognito: false, cookieStoreId: 'firefox-default' }, { isPrivate: false }],
  [
    { incognito: true, cookieStoreId: 'firefox-private' },
    { isPrivate: true, cookieStore: 'firefox-private' },
  ],
  [
    { incognito: false, cookieStoreId: 'firefox-container-2' },
    { isPrivate: true, cookieStore: 'firefox-container-2' },
  ],
])('the private mode of %j', async (details, mode) => {
  expect(await network.privateModeOf(received(details), undefined)).toEqual(mode);
});

test('a response from the cache tells nothing of its server’s clock', async () => {
  const responseHeaders = [{ name: 'Date', value: 'Mon, 30 Nov 2026 10:00:00 GMT' }];
  expect(await network.serverDateOf(received({ responseHeaders, fromCache: false }))).toBe(
    Date.UTC(2026, 10, 30, 10),
  );
  expect(await network.serverDateOf(received({ responseHeaders, fromCache: true }))).toBeUndefined();
});

test('an image with several sources is an image', () => {
  expect(network.kindOf('imageset')).toBe('image');
  expect(network.kindOf('beacon')).toBeUndefined();
});
