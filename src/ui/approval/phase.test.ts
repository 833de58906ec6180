import { expect, test } from 'vitest';
import type { ExchangeState } from '../../messages/exchange.ts';
import type { PaymentState } from '../../messages/payment.ts';
import { type Phase, phaseOf } from './phase.ts';

test.each<[ExchangeState, PaymentState | null, Phase]>([
  ['seen', null, 'preparing'],
  ['asking', null, 'paying'],
  ['paying', 'approved', 'preparing'],
  ['paying', 'signed', 'paying'],
  ['paying', 'proven', 'paying'],
  ['paid', 'settled', 'paid'],
  ['pending', 'unanswered', 'delayed'],
  ['refused', 'refused', 'undelivered'],
  ['unanswered', 'unanswered', 'undelivered'],
  ['failed', null, 'unpaid'],
  ['failed', 'approved', 'unpaid'],
  ['left', 'abandoned', 'unpaid'],
  ['left', 'revoked', 'unpaid'],
  ['failed', 'signed', 'unfinished'],
  ['failed', 'published', 'unfinished'],
])('a request that is %s, with a payment that is %s, is %s', (state, payment, phase) => {
  expect(phaseOf({ state, paid: payment && { state: payment } })).toBe(phase);
});
