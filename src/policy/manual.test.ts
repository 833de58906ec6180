import { expect, test } from 'vitest';
import type { Challenge } from '../interception/challenge.ts';
import { isManual } from './manual.ts';

const SITE = 'https://shop.example';
const OTHER = 'https://elsewhere.example';
const fetched = { kind: 'xmlhttprequest', initiator: SITE } as const;

test.each<readonly [what: string, challenge: Pick<Challenge, 'kind' | 'initiator'>, left: boolean]>([
  ['a script of the site', fetched, true],
  ['a script of another site', { ...fetched, initiator: OTHER }, false],
  ['a script of the same host without encryption', { ...fetched, initiator: 'http://shop.example' }, false],
  ['a script of another port', { ...fetched, initiator: `${SITE}:8443` }, false],
  ['a script of an opaque origin', { ...fetched, initiator: 'null' }, false],
  ['a script that the browser names no origin of', { ...fetched, initiator: null }, false],
  ['a document that the site opens', { kind: 'main_frame', initiator: SITE }, false],
  ['a frame of the site', { kind: 'sub_frame', initiator: SITE }, false],
  ['an image of the site', { kind: 'image', initiator: SITE }, false],
])('of a site whose pages handle their own 402s, the request of %s', (_, challenge, left) => {
  expect(isManual(challenge, [SITE])).toBe(left);
  expect(isManual(challenge, [])).toBe(false);
});

test('a frame of the site in a page of another one is left to the frame, not to the page around it', () => {
  const framed = { ...fetched, topOrigin: OTHER, ancestors: [OTHER] };
  expect([isManual(framed, [SITE]), isManual(framed, [OTHER])]).toEqual([true, false]);
});

test('the list may hold the text "null": it names no site', () => {
  expect(isManual({ ...fetched, initiator: 'null' }, ['null'])).toBe(false);
});
