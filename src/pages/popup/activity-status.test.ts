import { expect, test } from 'vitest';
import { paidWith } from '../devtools/story.fixture.ts';
import { isUndone, signOf, statusOf, statusOfStep } from './activity-status.ts';

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

test('a payment under way says what keeps it from going on, and never only that it is signed', () => {
  const signed = paidWith({ approved: 0, signed: 7 });
  expect(statusOf(signed)).toEqual({ key: 'popup_state_sending', tone: 'busy' });
  const waitsFor = { key: 'fault_nodeUnreachable', args: [] } as const;
  expect(statusOf({ ...signed, waitsFor })).toEqual({ key: 'popup_state_cutOff', tone: 'busy' });
});

test.each([
  ['abandoned', undefined],
  ['revoked', undefined],
  ['signed', '−'],
  ['settled', '−'],
  ['refused', '−'],
] as const)('the amount of a payment that is %s has the sign %j', (state, sign) => {
  const payment = paidWith({ approved: 0, [state]: 7 });
  expect([signOf(payment), isUndone(payment)]).toEqual([sign, sign === undefined]);
});
