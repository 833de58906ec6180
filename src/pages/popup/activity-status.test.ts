import { expect, test } from 'vitest';
import { paidWith } from '../devtools/story.fixture.ts';
import { statusOf, statusOfStep } from './activity-status.ts';

const unanswered = paidWith({ approved: 0, unanswered: 7 });

test('a payment that its server has taken and serves later waits for the server', () => {
  expect(statusOf(unanswered)).toEqual({ key: 'popup_state_unanswered', tone: 'bad' });
  expect(statusOf({ ...unanswered, pending: { notBefore: null } })).toEqual({
    key: 'popup_state_pending',
    tone: 'busy',
  });
});

test('each step of a payment is named by what its server answered then', () => {
  const step = { state: 'unanswered' } as const;
  expect(statusOfStep(step).key).toBe('popup_state_unanswered');
  expect(statusOfStep({ ...step, pending: true }).key).toBe('popup_state_pending');
});
