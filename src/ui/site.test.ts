import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { loadPublicSuffixes, shortStart, shownSite, shownUrl } from './site.ts';

const whole = ['https://a.shop.co.uk', 'https://a.evil.github.io', 'https://news.example.com'].map(
  (origin) => [origin, shownSite(origin).end] as const,
);
beforeAll(loadPublicSuffixes);

test.each(whole)('before the Public Suffix List is loaded, all of %s is the end', (origin, end) => {
  expect(end).toBe(new URL(origin).hostname);
});

/** Hosts on which anybody gets a name: the platform, as its users are named on it. */
const SHARED = (
  'hf.space trycloudflare.com duckdns.org r2.dev s3.amazonaws.com webflow.io framer.app notion.site ' +
  'streamlit.app lovable.app appspot.com azurewebsites.net cloudfront.net deno.dev firebaseapp.com fly.dev ' +
  'github.io gitlab.io herokuapp.com myshopify.com neocities.org netlify.app onrender.com pages.dev replit.app ' +
  'surge.sh vercel.app web.app wixsite.com workers.dev ngrok-free.app s3.eu-central-1.amazonaws.com ' +
  'bubbleapps.io blogspot.com glitch.me wordpress.com tumblr.com substack.com co.uk com.au'
).split(' ');

test.each(SHARED)('two names under %s are different owners, and neither is the shared host', (host) => {
  for (const name of ['good', 'evil']) {
    expect(shownSite(`https://login.${name}.${host}`)).toEqual({
      scheme: 'https:',
      start: 'login.',
      end: `${name}.${host}`,
    });
  }
  expect(shownSite(`https://${host}`)).toMatchObject({ start: '', end: host });
});

test('start and end together are the whole host, for any host', () => {
  fc.assert(
    fc.property(fc.webUrl(), fc.constantFrom('', '.'), (url, dot) => {
      const { protocol, hostname } = new URL(url);
      const { scheme, start, end } = shownSite(`${protocol}//${hostname}${dot}`);
      expect(`${scheme}//${start}${end}`).toBe(`${protocol}//${hostname}${dot}`);
      expect(start === '' || start.endsWith('.')).toBe(true);
    }),
  );
});

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
  ['https://example.com.', 'https:', '', 'example.com.'],
  ['https://login.bank.com.evil.example.', 'https:', 'login.bank.com.', 'evil.example.'],
  ['https://a.evil.github.io', 'https:', 'a.', 'evil.github.io'],
  ['https://github.io', 'https:', '', 'github.io'],
  ['https://MiXeD.ExAmPlE.CoM', 'https:', 'mixed.', 'example.com'],
  ['https://good.com@evil.example', 'https:', '', 'evil.example'],
  ['http://0x7f.1', 'http:', '', '127.0.0.1'],
  ['http://[2001:DB8::1]', 'http:', '', '[2001:db8::1]'],
  // A direction override, a full-width dot and other code points that a host never keeps.
  ['https://evil.example\u202e/moc.doog', '', '', 'https://evil.example\u202e/moc.doog'],
  ['https://good.com\uff0eevil.example', 'https:', 'good.com.', 'evil.example'],
  ['https://go\u00adod.com', 'https:', '', 'good.com'],
])('shownSite splits %s', (origin, scheme, start, end) => {
  expect(shownSite(origin)).toEqual({ scheme, start, end });
});

test('shownSite shows a homoglyph host in punycode', () => {
  expect(shownSite('https://аpple.com').end).toBe('xn--pple-43d.com');
});

test('shortStart limits the length of any start and keeps its two ends', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), (start) => {
      const short = shortStart(start);
      expect(short.length).toBeLessThanOrEqual(49);
      expect(short.slice(0, 24)).toBe(start.slice(0, 24));
      expect(short.slice(-24)).toBe(start.slice(-24));
    }),
  );
});

const LONG = ['a'.repeat(60), 'b'.repeat(60), 'good.com.'].join('.');

test.each([
  ['https://shop.example/a/b?c=d', 'https://shop.example', '/a/b?c=d'],
  ['https://good.com@evil.example/', 'https://evil.example', '/'],
  ['https://good.com:443@evil.example:8443/x', 'https://evil.example:8443', '/x'],
  ['https://good.com%2Flogin@evil.example', 'https://evil.example', '/'],
  [`https://${LONG}evil.example/x`, `https://${shortStart(LONG)}evil.example`, '/x'],
  ['no URL', '', 'no URL'],
])('shownUrl of %s shows where the request goes', (url, where, what) => {
  expect(shownUrl(url)).toEqual({ where, what });
});

test('shownUrl shows the real host, whatever user name precedes it', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), fc.string(), (url, user) => {
      const tricky = new URL(url);
      tricky.username = user;
      const { where, what } = shownUrl(tricky.href);
      expect(where).not.toContain('@');
      expect(what).toBe(tricky.pathname + tricky.search);
      expect(where.endsWith(shownSite(tricky.origin).end)).toBe(true);
    }),
  );
});
