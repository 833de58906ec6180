import { expect, test } from 'vitest';
import { paidWith } from '../../devtools/story.fixture.ts';
import { timelineOf } from './timeline.ts';

const keysOf = (...story: Parameters<typeof timelineOf>[0]['story']) =>
  timelineOf({ story }).map(({ key }) => key);

test('a payment is paid before it is delivered, in the order in which it happened', () => {
  const payment = paidWith({
    approved: 0,
    signed: 1,
    published: 2,
    confirmed: 3,
    proven: 4,
    delivered: 5,
    settled: 6,
  });
  const steps = timelineOf(payment);
  expect(steps.map(({ key }) => key)).toEqual([
    'popup_state_approved',
    'popup_state_signed',
    'popup_state_published',
    'popup_step_paid',
    'popup_step_shown',
    'popup_step_delivered',
  ]);
  expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).toSorted());
});

test('each delivery that was refused, or is to be served later, stays on the timeline', () => {
  expect(
    keysOf(
      { state: 'delivered', at: 1 },
      { state: 'refused', at: 2 },
      { state: 'delivered', at: 3 },
      { state: 'unanswered', at: 4, pending: true },
      { state: 'delivered', at: 5 },
      { state: 'unanswered', at: 6 },
    ),
  ).toEqual([
    'popup_step_shown',
    'popup_state_refused',
    'popup_step_shown',
    'popup_state_pending',
    'popup_step_shown',
    'popup_state_unanswered',
  ]);
});

test('a block that replaces an earlier one is told as signed again', () => {
  expect(keysOf({ state: 'signed', at: 1 }, { state: 'signed', at: 2 })).toEqual([
    'popup_state_signed',
    'popup_signedAgain',
  ]);
});
