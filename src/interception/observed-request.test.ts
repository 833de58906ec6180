import { expect, test } from 'vitest';
import { redirectedBy, routeOf } from './observed-request.ts';
import { bareUrl } from './urls.ts';

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
