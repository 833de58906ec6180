import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Challenge } from '../interception/challenge.ts';
import { mayGet } from './proof-recipient.ts';
import { challengeOf, SHOP } from './samples.fixture.ts';

const EVIL = 'https://evil.example';
const SEARCH = 'https://search.example';

/** What the user asked for on the shop's own page, by a script of it. */
const byShop = (parts: Partial<Challenge> = {}) =>
  challengeOf({ kind: 'xmlhttprequest', documentId: 'shop', initiator: SHOP, topOrigin: SHOP, ...parts });

describe('the proof of a payment', () => {
  test.each<[string, Challenge]>([
    ['a script of another site', byShop({ documentId: 'e', initiator: EVIL, topOrigin: EVIL })],
    ['a frame of another site on the same page', byShop({ documentId: 'e', initiator: EVIL })],
    ['a frame of the same site on another site’s page', byShop({ documentId: 'e', topOrigin: EVIL })],
    ['a frame with another site around it', byShop({ documentId: 'e', ancestors: [EVIL, SHOP] })],
    ['a frame with a document of unknown origin around it', byShop({ documentId: 'e', ancestors: ['null'] })],
    ['a document of unknown origin', byShop({ documentId: 'e', initiator: 'null' })],
    ['a page of unknown origin', byShop({ documentId: 'e', topOrigin: null })],
    ['another site’s link', challengeOf({ initiator: EVIL })],
    ['another site’s redirect', challengeOf({ redirectedBy: EVIL })],
    ['another site’s redirect of the same document', byShop({ redirectedBy: EVIL })],
    ['a sandboxed document’s link', challengeOf({ initiator: 'null' })],
  ])('is not for %s', (_, request) => {
    expect(mayGet(request, byShop())).toBe(false);
    expect(mayGet(request, challengeOf())).toBe(false);
  });

  test.each<[string, Challenge, Challenge]>([
    ['its user, who typed its address', challengeOf(), byShop()],
    [
      'its user, who typed its address after another site had led there',
      challengeOf(),
      challengeOf({ initiator: SEARCH }),
    ],
    ['the same page, loaded again', byShop({ documentId: 'later' }), byShop()],
    ['the same link followed again', challengeOf({ initiator: SEARCH }), challengeOf({ initiator: SEARCH })],
    [
      'the same document of unknown origin',
      byShop({ initiator: 'null', topOrigin: null, ancestors: ['null'] }),
      byShop({ initiator: 'null', topOrigin: null, ancestors: ['null'] }),
    ],
    [
      'a worker of the same site that belongs to no page',
      byShop({ fromServiceWorker: true, documentId: null, topOrigin: null }),
      byShop({ fromServiceWorker: true, documentId: null, topOrigin: null }),
    ],
  ])('is for %s', (_, request, paid) => {
    expect(mayGet(request, paid)).toBe(true);
  });

  test('in a private window is for no other window, nor the other way round', () => {
    const asked = (isPrivate: boolean) => challengeOf({ isPrivate });
    expect(mayGet(asked(false), asked(true))).toBe(false);
    expect(mayGet(asked(true), asked(false))).toBe(false);
    expect(mayGet(asked(true), asked(true))).toBe(true);
  });

  test('in a container of Firefox is for no other container, and for no private window', () => {
    const stores = ['firefox-container-1', 'firefox-container-2', 'firefox-private'];
    const asked = stores.map((cookieStore) => challengeOf({ isPrivate: true, cookieStore }));
    for (const request of asked)
      for (const paid of asked)
        expect(mayGet(request, paid)).toBe(request === paid || request.cookieStore === paid.cookieStore);
    expect(
      mayGet(challengeOf({}), challengeOf({ isPrivate: true, cookieStore: 'firefox-container-1' })),
    ).toBe(false);
  });

  test('is not for another document of unknown origin', () => {
    const sandboxed = (documentId: string) => byShop({ documentId, initiator: 'null' });
    expect(mayGet(sandboxed('two'), sandboxed('one'))).toBe(false);
    expect(mayGet(challengeOf({ initiator: 'null' }), challengeOf({ initiator: 'null' }))).toBe(false);
  });
});

const origin = fc.constantFrom(SHOP, EVIL, SEARCH, 'null', `${SHOP}:8443`, 'https://a.shop.example');
const request = fc
  .record({
    documentId: fc.constantFrom(null, 'one', 'two'),
    initiator: fc.option(origin),
    topOrigin: fc.option(origin),
    redirectedBy: fc.option(origin, { nil: undefined }),
    ancestors: fc.option(fc.array(origin, { maxLength: 3 }), { nil: undefined }),
  })
  .map(({ redirectedBy, ancestors, ...parts }) =>
    challengeOf({
      kind: 'xmlhttprequest',
      ...parts,
      ...(redirectedBy !== undefined && { redirectedBy }),
      ...(ancestors !== undefined && { ancestors }),
    }),
  );
const originsOf = ({ initiator, topOrigin, redirectedBy, ancestors = [] }: Challenge) => [
  initiator,
  topOrigin,
  redirectedBy,
  ...ancestors,
];

test('a request with an origin that took no part in the paid one gets nothing', () => {
  fc.assert(
    fc.property(request, request, (asks, paid) => {
      // One document has one initiator and one place in its page.
      fc.pre(asks.documentId === null || asks.documentId !== paid.documentId);
      for (const origin of originsOf(asks)) {
        if (origin === null || origin === undefined || origin === SHOP) continue;
        const isKnown = origin !== 'null' && originsOf(paid).includes(origin);
        if (!isKnown) expect(mayGet(asks, paid)).toBe(false);
      }
    }),
  );
});

test('each request gets what it paid for itself', () => {
  fc.assert(
    fc.property(request, (paid) => {
      expect(mayGet(paid, paid)).toBe(true);
    }),
  );
});
