import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { starters } from './challenge.ts';
import { credentialsFor, isOpenedByUser, type RequestCause } from './price-probe.ts';

const SITE = 'https://shop.example';
const OTHER = 'https://elsewhere.example';
const typed: RequestCause = {
  kind: 'main_frame',
  url: `${SITE}/a`,
  initiator: null,
  topOrigin: SITE,
  isPrivate: false,
  startedBy: 'user',
};
const fetched: RequestCause = {
  kind: 'xmlhttprequest',
  url: `${SITE}/a`,
  initiator: SITE,
  topOrigin: SITE,
  isPrivate: false,
};

describe('the purse’s own request carries cookies', () => {
  test.each<[string, RequestCause, boolean]>([
    ['for an address the user typed', typed, true],
    ['for a link of the site', { ...typed, initiator: SITE }, true],
    ['for what the site moves to by itself', { ...typed, initiator: SITE, startedBy: 'page' }, true],
    ['for what the browser loads again', { ...typed, startedBy: 'browser' }, true],
    ['for a script of the site', fetched, true],
    ['for a script of its frame in its page', { ...fetched, ancestors: [SITE, SITE] }, true],
    ['not in a private window', { ...typed, isPrivate: true }, false],
    ['not for a script in a private window', { ...fetched, isPrivate: true }, false],
    ['not for a link of another site', { ...typed, initiator: OTHER }, false],
    ['not for a link without an origin', { ...typed, initiator: 'null' }, false],
    ['not for what an extension opens', { ...typed, startedBy: 'outside' }, false],
    ['not where the browser does not say who opened it', withoutStart(typed), false],
    ['not where another site redirects', { ...typed, redirectedBy: OTHER }, false],
    ['not where the site redirects without TLS', { ...typed, redirectedBy: 'http://shop.example' }, false],
    [
      'not for an image in another site’s page',
      { ...fetched, kind: 'image', initiator: OTHER, topOrigin: OTHER },
      false,
    ],
    ['not for its frame in another site’s page', { ...fetched, topOrigin: OTHER, ancestors: [OTHER] }, false],
    ['not in another site’s page of which no frame is known', { ...fetched, topOrigin: OTHER }, false],
    ['not in a page of which nothing is known', { ...fetched, topOrigin: null }, false],
    ['not with another site’s frame around it', { ...fetched, ancestors: [OTHER, SITE] }, false],
    ['not for a script without an initiator', { ...fetched, initiator: null }, false],
  ])('%s', (_, cause, carries) => {
    expect(credentialsFor(cause)).toBe(carries ? 'include' : 'omit');
  });

  test('the purse’s own request never carries cookies where another origin took part', () => {
    const origin = fc.constantFrom(SITE, OTHER, 'null', null);
    const named = fc.constantFrom(SITE, OTHER, 'null');
    const causes = fc.record(
      {
        kind: fc.constantFrom('main_frame', 'sub_frame', 'xmlhttprequest', 'image'),
        url: fc.constant(`${SITE}/a`),
        initiator: origin,
        topOrigin: origin,
        isPrivate: fc.boolean(),
        redirectedBy: named,
        ancestors: fc.array(named, { maxLength: 3 }),
        startedBy: fc.constantFrom(...starters),
      },
      { requiredKeys: ['kind', 'url', 'initiator', 'topOrigin', 'isPrivate'] },
    );
    fc.assert(
      fc.property(causes, (cause) => {
        const { initiator, topOrigin, redirectedBy = SITE, ancestors = [] } = cause;
        const hands = [initiator ?? SITE, topOrigin, redirectedBy, ...ancestors];
        if (hands.some((hand) => hand !== SITE)) expect(credentialsFor(cause as RequestCause)).toBe('omit');
      }),
    );
  });
});

test('a price is asked for again only for a document that its user opened, or that is brought back for them', () => {
  const opened = starters.filter((startedBy) => isOpenedByUser({ kind: 'main_frame', startedBy }));
  expect(opened).toEqual(['user', 'browser']);
  expect(starters.filter((startedBy) => isOpenedByUser({ kind: 'sub_frame', startedBy }))).toEqual([]);
  expect(isOpenedByUser({ kind: 'main_frame' })).toBe(false);
});

function withoutStart({ startedBy: _, ...cause }: RequestCause): RequestCause {
  return cause;
}
