import { describe, expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import { STRANGER } from './account.fixture.ts';
import { type Circumstances, decide, EXPIRY_MARGIN, priceOf } from './decision.ts';
import { challengeOf, NETWORK, PAYEE, SHOP, sessionOffer, signatureOffer } from './samples.fixture.ts';

const NOW = 1_900_000_000_000;
const budget = {
  site: SHOP,
  network: NETWORK,
  perPayment: 100n as Raw,
  perDay: 300n as Raw,
  payTo: PAYEE,
  paused: false,
  since: 0,
};
const offer = sessionOffer(100n, { expiresAt: NOW + EXPIRY_MARGIN });
/** All is as it should be: the budget pays. */
const fine: Circumstances = {
  challenge: challengeOf({ url: `${SHOP}/article` }),
  offer,
  budget,
  spentToday: 200n as Raw,
  lastPrice: 100n as Raw,
  undeliveredBefore: false,
  blocked: false,
  paused: false,
  account: STRANGER,
  now: NOW,
};
const decideWith = (parts: Partial<Circumstances>) => decide({ ...fine, ...parts });

test('inside its budget, a site is paid without asking', () => {
  expect(decide(fine)).toEqual({ kind: 'pay', budget });
});

describe('the purse refuses', () => {
  test.each<[string, Partial<Circumstances>]>([
    ['refusal_SITE_BLOCKED', { blocked: true }],
    ['refusal_EXPIRES_TOO_SOON', { now: NOW + 1 }],
    ['refusal_OWN_ACCOUNT', { account: PAYEE }],
    ['refusal_OWN_ACCOUNT', { account: PAYEE, budget: null }],
  ])('%s', (key, parts) => {
    expect(decideWith(parts)).toEqual({ kind: 'refuse', key });
  });
});

describe('the purse asks', () => {
  test.each<[string, Partial<Circumstances>]>([
    ['reason_newSite', { budget: null }],
    ['reason_undeliveredBefore', { undeliveredBefore: true }],
    ['reason_paused', { paused: true }],
    ['reason_paused', { budget: { ...budget, paused: true } }],
    ['reason_locked', { account: null }],
    ['reason_payeeChanged', { budget: { ...budget, payTo: STRANGER } }],
    ['reason_priceRise', { lastPrice: 99n as Raw }],
    ['reason_overPayment', { budget: { ...budget, perPayment: 99n as Raw } }],
    ['reason_overDay', { spentToday: 201n as Raw }],
  ])('%s', (reason, parts) => {
    expect(decideWith(parts)).toEqual({ kind: 'ask', reason });
  });
});

describe('a budget is for what its own site asks for itself', () => {
  const other = 'https://elsewhere.example';
  const url = `${SHOP}/article`;
  test.each([
    { name: 'an address the user typed', parts: {}, kind: 'pay' },
    { name: 'a link of its own', parts: { initiator: SHOP }, kind: 'pay' },
    { name: 'a link from elsewhere', parts: { initiator: other }, kind: 'ask' },
    { name: 'a sandboxed page', parts: { initiator: 'null' }, kind: 'ask' },
    { name: 'its own script', parts: { kind: 'xmlhttprequest', initiator: SHOP }, kind: 'pay' },
    { name: 'a script that nobody started', parts: { kind: 'xmlhttprequest' }, kind: 'ask' },
    { name: 'its own frame', parts: { kind: 'sub_frame', initiator: SHOP }, kind: 'pay' },
    {
      name: 'its frame in another page',
      parts: { kind: 'sub_frame', initiator: SHOP, topOrigin: other },
      kind: 'ask',
    },
    {
      name: 'its picture in another page',
      parts: { kind: 'image', initiator: other, topOrigin: other },
      kind: 'ask',
    },
    { name: 'a page that has no origin', parts: { initiator: SHOP, topOrigin: null }, kind: 'ask' },
    {
      name: 'another scheme of the same host',
      parts: { kind: 'image', initiator: SHOP.replace('https', 'http') },
      kind: 'ask',
    },
  ] as const)('$name: $kind', ({ parts, kind }) => {
    expect(decideWith({ challenge: challengeOf({ url, ...parts }) }).kind).toBe(kind);
  });
});

test('the price of a session is without its tag, of anything else the amount', () => {
  expect(priceOf(sessionOffer(107n, { resourceAmount: 100n as Raw, tagAmount: 7n as Raw }))).toBe(100n);
  expect(priceOf(signatureOffer(107n))).toBe(107n);
});
