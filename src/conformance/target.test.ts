import { expect, test } from 'vitest';
import { envelopeOf, headerOf, PAGE, signedBlockEntry, trackBEntry } from '../protocol/samples.fixture.ts';
import { inspectionOf } from './target.ts';

test('an offer that wants harder work than the network is not probed: the blocks of a test have the usual work', () => {
  const offersWith = (workThreshold: string) => {
    const header = headerOf(envelopeOf([{ ...signedBlockEntry, extra: { workThreshold } }]));
    const response = { status: 402, headers: { 'payment-required': header }, body: '' };
    return inspectionOf(response, PAGE, signedBlockEntry.network, 0).offers;
  };
  expect(offersWith('fffffff800000000')).toHaveLength(1);
  expect(offersWith('ffffffff00000000')).toEqual([]);
});

test('an offer whose proof another URL takes is probed, and not among those that are paid', () => {
  const url = 'https://demo.example/api/demo/track-b/issue';
  const header = headerOf(envelopeOf([trackBEntry], { resource: { url } }));
  const response = { status: 402, headers: { 'payment-required': header }, body: '' };
  const { offers, probed } = inspectionOf(response, url, trackBEntry.network, 0);
  expect(offers).toEqual([]);
  expect(probed.map(({ mechanism }) => mechanism)).toEqual(['trackB']);
});
