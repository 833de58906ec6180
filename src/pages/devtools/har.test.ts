import { expect, test } from 'vitest';
import { Har } from '../../../test/e2e/developer/har.ts';
import type { StepView } from '../../messages/exchange.ts';
import { archiveOf, harOf } from './har.ts';
import { PROOF, paidWith, SEEN, storyOf } from './story.fixture.ts';

const priced: StepView = { kind: 'priced', at: SEEN, header: 'offer' };
const answered: StepView = {
  kind: 'answered',
  at: SEEN + 200,
  way: 'page',
  status: 200,
  paymentResponse: 'receipt',
  paymentRequired: null,
};
const paid = paidWith({ approved: 5, signed: 9, proven: 100, delivered: 150, settled: 200 });
const entriesOf = (...stories: Parameters<typeof harOf>[0]) => Har.parse(harOf(stories, '1.0')).log.entries;

test('harOf lists the 402 and the paid request, each with its payment headers', () => {
  const [asked, got, ...more] = entriesOf(
    storyOf({ steps: [priced, answered], paid, proof: { header: 'PAYMENT-SIGNATURE', value: PROOF } }),
  );
  expect(more).toEqual([]);
  expect(asked).toMatchObject({
    startedDateTime: '2026-01-02T03:04:05.000Z',
    request: {
      headers: [],
      queryString: [
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
        { name: 'b', value: ' ' },
      ],
    },
    response: { status: 402, headers: [{ name: 'PAYMENT-REQUIRED', value: 'offer' }] },
    _purse: { state: 'paid', amount: '7', took: 200 },
  });
  expect(got).toMatchObject({
    startedDateTime: '2026-01-02T03:04:05.150Z',
    time: 50,
    timings: { send: 0, wait: 50, receive: 0 },
    request: { headers: [{ name: 'PAYMENT-SIGNATURE', value: PROOF }] },
    response: { status: 200, headers: [{ name: 'PAYMENT-RESPONSE', value: 'receipt' }] },
  });
});

test('a proof that was not sent yet is in no archive', () => {
  const waiting = storyOf({
    steps: [priced],
    paid: paidWith({ approved: 5, proven: 100 }),
    proof: { header: 'PAYMENT-SIGNATURE', value: PROOF },
  });
  expect(JSON.stringify([harOf([waiting], '1.0'), archiveOf([waiting], '1.0')])).not.toContain(PROOF);
});

test('harOf writes a complete entry for an exchange without price, valid URL or end', () => {
  const unpriced: StepView = { kind: 'unpriced', at: SEEN, headers: [['X-402-Tag', '7']] };
  const [legacy, cut] = entriesOf(
    storyOf({ steps: [unpriced], state: 'left', amount: null }),
    storyOf({ at: SEEN + 1, steps: [], url: 'data:,' }),
  );
  expect(legacy?.response.headers).toEqual([{ name: 'X-402-Tag', value: '7' }]);
  expect(cut?.response.headers).toEqual([]);
  expect(entriesOf()).toEqual([]);
});
