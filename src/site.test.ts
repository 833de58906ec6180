import { expect, test } from 'vitest';
import { readTypedSite, readWebUrl, siteOf } from './site.ts';

test.each([
  ['https://shop.example/a?b#c', 'https://shop.example'],
  ['https://shop.example:8443/', 'https://shop.example:8443'],
  ['http://user:word@shop.example/', 'http://shop.example'],
])('the site of %s is %s', (url, site) => {
  expect(siteOf(url)).toBe(site);
});

test.each([
  ['https://shop.example/a', undefined, 'https://shop.example/a'],
  ['http://shop.example', undefined, 'http://shop.example/'],
  ['/docs', 'https://shop.example/a/b', 'https://shop.example/docs'],
  ['//cdn.example/x', 'https://shop.example/', 'https://cdn.example/x'],
])('%s, read against %s, is the web URL %s', (text, base, url) => {
  expect(readWebUrl(text, base)?.href).toBe(url);
});

test.each([
  '',
  'docs',
  'https://',
  'javascript:alert(1)',
  'data:text/html,x',
  'ftp://shop.example/',
  'chrome-extension://abc/',
])('%j is no web URL', (text) => {
  expect(readWebUrl(text)).toBeUndefined();
});

test('a relative text is no web URL against a base that is none', () => {
  expect(readWebUrl('docs', 'about:blank')).toBeUndefined();
  expect(readWebUrl('data:text/html,x', 'https://shop.example/')).toBeUndefined();
});

test.each([
  [' shop.example ', 'https://shop.example'],
  ['shop.example:8443/a?b', 'https://shop.example:8443'],
  ['http://127.0.0.1:8080/page', 'http://127.0.0.1:8080'],
  ['SHOP.example', 'https://shop.example'],
])('%j, as typed, is the site %s', (text, site) => {
  expect(readTypedSite(text)).toBe(site);
});

test.each(['', '  ', 'shop example', 'file:///etc/passwd', 'chrome-extension://abc/'])(
  '%j, as typed, is no site',
  (text) => {
    expect(readTypedSite(text)).toBeUndefined();
  },
);
