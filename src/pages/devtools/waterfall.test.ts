import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StepView } from '../../messages/exchange.ts';
import type { PaymentState } from '../../messages/payment.ts';
import { paidWith, SEEN, storyOf } from './story.fixture.ts';
import { lengthOf, spansOf } from './waterfall.ts';

const decided = (after: number, how: 'pay' | 'ask'): StepView => ({
  kind: 'decided',
  at: SEEN + after,
  how,
  why: how === 'ask' ? 'reason_newSite' : null,
  amount: '7',
  mechanism: 'nanoSession',
  network: 'nano:devnet',
  payTo: 'nano_1',
});
const told = (story: Parameters<typeof spansOf>[0]) =>
  spansOf(story).map(({ name, from, to }) => [name.replace('devtools_span_', ''), from - SEEN, to - SEEN]);

test('spansOf splits a payment within a budget by its states', () => {
  const paid = paidWith({
    approved: 5,
    signed: 15,
    published: 20,
    confirmed: 150,
    proven: 151,
    delivered: 153,
    settled: 200,
  });
  const story = storyOf({ steps: [decided(3, 'pay')], paid });
  expect(told(story)).toEqual([
    ['look', 0, 3],
    ['reserve', 3, 5],
    ['sign', 5, 15],
    ['publish', 15, 20],
    ['confirm', 20, 150],
    ['prove', 150, 151],
    ['send', 151, 153],
    ['answer', 153, 200],
  ]);
  expect(lengthOf(spansOf(story))).toBe(200);
});

test('spansOf shows how long a question was open that was declined', () => {
  const left: StepView = { kind: 'left', at: SEEN + 5_000, key: 'refusal_DECLINED', args: [] };
  expect(told(storyOf({ steps: [decided(3, 'ask'), left] }))).toEqual([
    ['look', 0, 3],
    ['ask', 3, 5_000],
  ]);
});

test('spansOf leaves out the time before the exchange of a payment made earlier', () => {
  const paid = paidWith({ approved: -900, signed: -800, proven: -700, delivered: 4, settled: 30 });
  expect(told(storyOf({ paid }))).toEqual([
    ['send', 0, 4],
    ['answer', 4, 30],
  ]);
  expect(spansOf(storyOf({ paid: null }))).toEqual([]);
});

test('spansOf has no gaps and no negative spans, for any clock', () => {
  const states: PaymentState[] = [
    'approved',
    'signed',
    'published',
    'confirmed',
    'proven',
    'delivered',
    'settled',
  ];
  const times = fc.array(fc.integer({ min: -1_000, max: 10_000 }), { minLength: 7, maxLength: 7 });
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 9_000 }), (after, looked) => {
      const paid = paidWith(Object.fromEntries(states.map((state, index) => [state, after[index] ?? 0])));
      const spans = spansOf(storyOf({ steps: [decided(looked, 'ask')], paid }));
      expect(spans[0]?.from ?? SEEN).toBe(SEEN);
      for (const [index, { from, to }] of spans.entries()) {
        expect(to).toBeGreaterThan(from);
        expect(from).toBe(spans[index - 1]?.to ?? SEEN);
      }
    }),
  );
});
