import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { BURN_ADDRESS } from '../../nano/account.ts';
import { classify } from '../offer/classify.ts';
import { readHashOffer } from '../offer/hash-offer.ts';
import type { Offer } from '../offer/offer.ts';
import {
  challengeEntry,
  context,
  envelopeOf,
  headerOf,
  PAGE,
  PAYEE,
  sessionEntry,
  signatureEntry,
  signedBlockEntry,
  trackAEntry,
  trackBEntry,
} from '../samples.fixture.ts';
import { mechanismNames, StoredOffer } from './index.ts';

function offerOf(entry: object, parts: object = {}): Offer {
  const found = classify(headerOf(envelopeOf([entry], parts)), context);
  const offer = found.kind === 'offers' ? found.offers[0] : undefined;
  if (offer === undefined) throw new Error('nothing payable');
  return offer;
}

function hashOffer(): Offer {
  const headers = [
    { name: 'x-payment-address', value: PAYEE },
    { name: 'x-payment-amount-raw', value: '1' },
  ];
  const offer = readHashOffer({ headers }, context);
  if (typeof offer === 'string') throw new Error(offer);
  return offer;
}

/** An offer as a backup writes it. */
const written = (offer: Offer): Readonly<Record<string, unknown>> =>
  JSON.parse(JSON.stringify(offer, (_, value) => (typeof value === 'bigint' ? value.toString() : value)));

const all = [sessionEntry, challengeEntry, trackBEntry, signatureEntry, trackAEntry, signedBlockEntry]
  .map((entry) => offerOf(entry))
  .concat(hashOffer());
const session = offerOf(sessionEntry);
const isRead = (parts: object) => v.is(StoredOffer, { ...written(session), ...parts });

test('the samples have an offer of every mechanism', () => {
  expect(all.map(({ mechanism }) => mechanism)).toEqual(mechanismNames);
});

describe.each(all.map((offer) => [offer.mechanism, offer] as const))('a stored offer of %s', (_, offer) => {
  test('is read as it was', () => {
    expect(v.parse(StoredOffer, written(offer))).toStrictEqual(offer);
  });

  test('is not read without any one of its fields, nor with one more', () => {
    const { extensions: _none, ...fields } = written(offer);
    for (const name of Object.keys(fields)) {
      const { [name]: _left, ...rest } = fields;
      expect([name, v.is(StoredOffer, rest)]).toEqual([name, false]);
    }
    expect(v.is(StoredOffer, { ...fields, more: 1 })).toBe(false);
  });
});

test('a stored offer has what it may have beside: extensions, a description, every warning, harder work', () => {
  const resource = { url: PAGE, description: 'An article', mimeType: 'text/html' };
  const whole = offerOf(sessionEntry, { resource, extensions: { other: {} } });
  const harder = offerOf({ ...signedBlockEntry, extra: { workThreshold: 'ffffffff00000000', memo: 'x' } });
  const warnings = ['legacyPayTo', 'resourceScheme', 'insecurePage', 'unknownTerms'] as const;
  for (const offer of [{ ...whole, warnings }, harder]) {
    expect(v.parse(StoredOffer, written(offer))).toStrictEqual(offer);
  }
});

test.each<[string, object]>([
  ['of no known mechanism', { mechanism: 'other' }],
  ['at a place below zero', { index: -1 }],
  ['at a place between two', { index: 0.5 }],
  ['that ended before there was a time', { expiresAt: -1 }],
  ['with an amount that is no text', { amount: 1 }],
  ['with an amount of XNO', { tagAmount: '0.1' }],
  ['to an address without a right checksum', { payTo: `${PAYEE.slice(0, -1)}1` }],
  ['with an entry that is no object', { accepted: [1] }],
  ['with an unknown warning', { warnings: ['none'] }],
  ['with a resource of more fields', { resource: { url: PAGE, more: 1 } }],
])('a stored offer %s is not read', (_name, parts) => {
  expect(isRead(parts)).toBe(false);
});

test('a stored offer is read with the first place, a time of zero, and any payee', () => {
  expect(isRead({ index: 0, expiresAt: 0, payTo: BURN_ADDRESS })).toBe(true);
  expect(isRead({ index: 31 })).toBe(true);
});
