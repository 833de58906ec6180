import { expect, test } from 'vitest';
import { bareUrl, redirectedBy } from './sighting.ts';

const SHOP = 'https://shop.example/paid';

test.each<[string, readonly string[], string | null]>([
  ['nobody', [], null],
  ['the site itself', ['https://shop.example/short'], null],
  ['the site before it was encrypted', ['http://shop.example/paid'], null],
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
