import { expect, test } from 'vitest';
import { bareUrl, fragmentOf, OPAQUE, originOf, withoutFragment } from './urls.ts';

test.each([
  ['https://shop.example/a?b=c', 'https://shop.example/a?b=c'],
  ['https://shop.example/a?b=c#d', 'https://shop.example/a?b=c'],
  ['https://good.com@shop.example/', 'https://shop.example/'],
  ['http://user:pass%40word@shop.example:81/#@', 'http://shop.example:81/'],
  ['https://shop.example/@user', 'https://shop.example/@user'],
  ['https://shop.example?mail=a@b', 'https://shop.example?mail=a@b'],
  ['about:blank', 'about:blank'],
])('%s goes to the server as %s', (url, bare) => {
  expect(bareUrl(url)).toBe(bare);
});

test.each([
  ['https://shop.example/a', 'https://shop.example/a', ''],
  ['https://shop.example/a#', 'https://shop.example/a', '#'],
  ['https://shop.example/a#b#c', 'https://shop.example/a', '#b#c'],
  ['#b', '', '#b'],
])('%s is %j with the fragment %j', (url, before, fragment) => {
  expect([withoutFragment(url), fragmentOf(url)]).toEqual([before, fragment]);
});

test.each([
  ['https://shop.example:8443/a', 'https://shop.example:8443'],
  ['about:blank', null],
  ['data:text/html,x', null],
  ['/a', null],
  [undefined, null],
])('the origin of %s is %s', (url, origin) => {
  expect(originOf(url)).toBe(origin);
});

test('an opaque origin has the name that browsers give it', () => {
  expect(OPAQUE).toBe(new URL('data:text/html,x').origin);
});
