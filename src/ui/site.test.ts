import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortStart, shownSite } from './site.ts';

test.each([
  ['https://example.com', 'https:', '', 'example.com'],
  ['https://news.example.com', 'https:', 'news.', 'example.com'],
  ['https://login.bank.com.evil.example:8443', 'https:', 'login.bank.com.', 'evil.example:8443'],
  ['https://a.shop.co.uk', 'https:', 'a.', 'shop.co.uk'],
  ['http://localhost:8402', 'http:', '', 'localhost:8402'],
  ['http://127.0.0.1:8402', 'http:', '', '127.0.0.1:8402'],
  ['http://[::1]:8402', 'http:', '', '[::1]:8402'],
  ['https://www.xn--pple-43d.com', 'https:', 'www.', 'xn--pple-43d.com'],
  ['null', '', '', 'null'],
])('%s', (origin, scheme, start, end) => {
  expect(shownSite(origin)).toEqual({ scheme, start, end });
});

test('a homoglyph host is shown in punycode', () => {
  expect(shownSite('https://аpple.com').end).toBe('xn--pple-43d.com');
});

test('no start is long enough to push the end out of sight, and none loses its ends', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), (start) => {
      const short = shortStart(start);
      expect(short.length).toBeLessThanOrEqual(49);
      expect(short.slice(0, 24)).toBe(start.slice(0, 24));
      expect(short.slice(-24)).toBe(start.slice(-24));
    }),
  );
});
