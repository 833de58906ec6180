import { expect, test } from 'vitest';
import { answered, type Exchange, priced, seen } from '../../exchanges/exchange.ts';
import type { BlockHash, SignedBlock } from '../../nano/block.ts';
import { approved, type Payment, type Progress } from '../../payments/payment.ts';
import { challengeOf, intentOf, sessionOffer } from '../../payments/samples.fixture.ts';
import { STRANGER } from '../../wallet/account.fixture.ts';
import { exchangeView } from './exchange.ts';

const challenge = challengeOf();
/** What the payment's block is does not matter here. */
const proven = { block: {} as SignedBlock, hash: 'A' as BlockHash, proof: 'proof' };

/** An exchange whose proof had the answer 202. */
function putOff(): Exchange {
  const begun = seen(challenge.id, challenge, priced(challenge));
  const answer = { kind: 'answered', status: 202, paymentResponse: null, paymentRequired: null } as const;
  return { ...begun, steps: [...begun.steps, answered(9, 'page', answer)] };
}

const paymentAt = (progress: Progress): Payment => ({
  ...approved(intentOf({ account: STRANGER, offer: sessionOffer(1n), challenge })),
  progress,
});

const viewWith = (payment: Payment | null) =>
  exchangeView(putOff(), { payment, isAsked: false, waits: true, testMoney: true });

test('an exchange whose server serves later is pending, with the time from which on it wants to be asked', () => {
  const pending = { state: 'unanswered', reason: 'pending', ...proven } as const;
  expect(viewWith(paymentAt({ ...pending, notBefore: 5 }))).toMatchObject({ state: 'pending', notBefore: 5 });
  expect(viewWith(paymentAt(pending))).toMatchObject({ state: 'pending', notBefore: null });
  expect(viewWith(null)).toMatchObject({ state: 'pending', notBefore: null });
});

test('an exchange whose server has served since is paid', () => {
  const settled = paymentAt({ state: 'settled', status: 200, ...proven });
  expect(viewWith(settled)).toMatchObject({ state: 'paid', notBefore: null });
  const lost = paymentAt({ state: 'unanswered', reason: 'network', ...proven });
  expect(viewWith(lost)).toMatchObject({ state: 'unanswered', notBefore: null });
});
