import { expect, test } from 'vitest';
import { requestKinds } from './challenge.ts';
import { isKind, pairingKeys, redirectedBy, routeOf, wireMethod } from './observed-request.ts';

const SHOP = 'https://shop.example/paid';

test.each<[string, readonly string[], string | null]>([
  ['no redirect', [], null],
  ['the site itself', ['https://shop.example/short'], null],
  ['the site before it was encrypted', ['http://shop.example/paid'], 'http://shop.example'],
  ['another site', ['https://evil.example/go'], 'https://evil.example'],
  [
    'another site, on the way from the site itself',
    ['https://shop.example/a', 'https://evil.example/b'],
    'https://evil.example',
  ],
  [
    'another site, and then the site itself',
    ['https://evil.example/b', 'https://shop.example/a'],
    'https://evil.example',
  ],
  ['the last of several', ['https://one.example/', 'https://two.example/'], 'https://two.example'],
  ['another port of the host', ['https://shop.example:8443/'], 'https://shop.example:8443'],
  ['another name of the site', ['https://www.shop.example/'], 'https://www.shop.example'],
  ['what has no origin', ['data:text/html,x'], 'null'],
])('a request was sent on by %s', (_, passed, by) => {
  expect(redirectedBy(passed, SHOP)).toBe(by);
});

const A = 'https://shop.example';
const B = 'https://cdn.example';
test.each<[string, readonly string[], string, string, ReturnType<typeof routeOf>]>([
  ['that was not redirected is sent to the same URL', [], `${A}/a`, 'GET', 'same'],
  [
    'that was redirected within its origin is sent to the final URL',
    [`${A}/a`, `${A}/b`],
    `${A}/c`,
    'GET',
    'final',
  ],
  [
    'that lost its fragment within its origin is sent to the final URL',
    [`${A}/a#x`],
    `${A}/c#y`,
    'GET',
    'final',
  ],
  ['that passed another origin is sent the same way', [`${A}/a`, `${B}/b`], `${A}/c`, 'GET', 'same'],
  [
    'that kept its fragment over another origin is sent the same way',
    [`${A}/a#x`],
    `${B}/c#x`,
    'GET',
    'same',
  ],
  ['whose method a redirect changed is sent the same way', [`${A}/a`], `${A}/c`, 'POST', 'same'],
  ['that lost its fragment over another origin waits for its page', [`${A}/a`], `${B}/c#y`, 'GET', null],
  ['that lost its fragment and its method waits for its page', [`${A}/a`], `${A}/c#y`, 'POST', null],
])('a request %s', (_, passed, url, asked, route) => {
  expect(routeOf(passed, asked, url, 'GET')).toBe(route);
});

test.each(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])(
  'a script’s %s in lower case goes out in upper case',
  (method) => {
    expect([method.toLowerCase(), method].map(wireMethod)).toEqual([method, method]);
  },
);

test.each(['patch', 'PATCH', 'Purge'])('a script’s %s goes out as it is written', (method) => {
  expect(wireMethod(method)).toBe(method);
});

test('a resource type is one that is paid for only where the purse knows it', () => {
  expect(requestKinds.every(isKind)).toBe(true);
  for (const type of ['ping', 'websocket', 'csp_report', '']) expect(isKind(type)).toBe(false);
});

test('a 402 and the request that a page holds have a key in common: their document, or else their origin', () => {
  const request = { tabId: 7, documentId: 'document', initiator: A, url: `${A}/paid` };
  const keys = pairingKeys(request, 'post');
  expect(keys).toEqual(pairingKeys(request, 'POST'));
  expect(new Set(keys).size).toBe(2);
  const [byDocument, byOrigin] = keys;
  expect(pairingKeys({ ...request, initiator: null }, 'POST')).toEqual([byDocument]);
  expect(pairingKeys({ ...request, documentId: null }, 'POST')).toEqual([byOrigin]);
  expect(pairingKeys({ ...request, documentId: null, initiator: null }, 'POST')).toEqual([]);
  for (const other of [{ tabId: 8 }, { url: `${A}/other` }, { documentId: 'other', initiator: B }]) {
    const others = pairingKeys({ ...request, ...other }, 'POST');
    expect(keys.filter((key) => others.includes(key))).toEqual([]);
  }
  expect(keys.filter((key) => pairingKeys(request, 'GET').includes(key))).toEqual([]);
});
