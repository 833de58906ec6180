import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash, SignedBlock } from '../nano/block.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import { approved, type Payment, type Progress } from './payment.ts';
import { isWhole, joined, onDisk, partAfter, privatePartOf, wholeOf } from './private-record.ts';
import {
  challengeIn,
  challengeOf,
  intentOf,
  PAYEE,
  sessionOffer,
  signatureOffer,
} from './samples.fixture.ts';

/** A word that only the site and its server use. */
const MARK = 'marked-by-the-site';
const URL = `https://${MARK}.example/${MARK}?${MARK}`;
const block: SignedBlock = {
  account: STRANGER,
  previous: '0'.repeat(64) as BlockHash,
  representative: PAYEE,
  balance: 5n as Raw,
  link: '1'.repeat(64) as BlockHash,
  signature: '0'.repeat(128),
  work: '0'.repeat(16),
};
const signed = { block, hash: '2'.repeat(64) as BlockHash };
const proven = { ...signed, proof: `proof of ${MARK}`, represent: `token of ${MARK}` };

/** One progress for each state. */
const steps: readonly Progress[] = [
  { state: 'approved' },
  { state: 'signed', ...signed },
  { state: 'published', ...signed },
  { state: 'confirmed', ...signed },
  { state: 'proven', ...proven },
  { state: 'delivered', ...proven },
  { state: 'settled', status: 200, ...proven },
  { state: 'settled', status: 200, byPost: true, ...proven },
  { state: 'refused', status: 402, final: false, said: `${MARK} says no`, ...proven },
  { state: 'unanswered', reason: 'gone', ...proven },
  { state: 'revoked', ...signed },
  { state: 'abandoned', fault: 'fault_chequeOut', args: [`https://${MARK}.example`] },
];

const anyPayment = fc
  .record({
    progress: fc.constantFrom(...steps),
    isSession: fc.boolean(),
    initiator: fc.constantFrom(null, `https://${MARK}.example`),
    description: fc.constantFrom(undefined, `${MARK} for sale`),
  })
  .map(({ progress, isSession, initiator, description }): Payment => {
    const said = { url: URL, description: MARK, [MARK]: { [MARK]: URL } };
    const words = {
      accepted: said,
      resource: { url: URL, ...(description !== undefined && { description }) },
      resourceEcho: said,
      extensions: said,
    };
    const offer = isSession
      ? sessionOffer(7n, { ...words, oncePer: MARK })
      : { ...signatureOffer(7n), ...words, urlToSign: URL };
    const challenge = challengeOf({
      url: URL,
      header: MARK,
      initiator,
      topOrigin: initiator,
      isPrivate: true,
    });
    const payment = approved(
      intentOf({ account: STRANGER, challenge, offer, once: MARK, resource: `GET ${URL}` }),
    );
    return { ...payment, progress, story: [...payment.story, { state: progress.state, at: 8 }] };
  });

const textOf = (value: unknown) =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part));

test('the record on disk has no text of the site or the server', () => {
  fc.assert(
    fc.property(anyPayment, (payment) => {
      const record = onDisk(payment);
      expect(isWhole(record)).toBe(false);
      expect(textOf(record)).not.toContain(MARK);
      expect(record.intent).toMatchObject({ amount: payment.intent.amount, account: STRANGER });
      expect(record.intent.offer.payTo).toBe(payment.intent.offer.payTo);
      expect(onDisk(record)).toEqual(record);
    }),
  );
});

test('a record and its private part join to the payment that they were made of', () => {
  fc.assert(
    fc.property(anyPayment, (payment) => {
      const record = onDisk(payment);
      const part = partAfter(
        privatePartOf({ ...payment.intent, challenge: challengeIn(payment.intent) }),
        payment.progress,
      );
      expect(isWhole(record) ? record : joined(record, part)).toEqual(payment);
    }),
  );
});

test('a record whose state needs a proof stays a record while the private part has none', () => {
  const payment = fc.sample(
    anyPayment.filter(({ progress }) => progress.state === 'delivered'),
    1,
  )[0];
  if (payment === undefined) throw new Error('a sample');
  const record = onDisk(payment);
  if (isWhole(record)) throw new Error('a record');
  const half = joined(record, privatePartOf({ ...payment.intent, challenge: challengeIn(payment.intent) }));
  expect(half).toBe(record);
  expect(() => wholeOf(half)).toThrow('fault_privateForgotten');
});

test('a payment from an ordinary window is on disk unchanged', () => {
  const payment = approved(intentOf({ account: STRANGER, challenge: challengeOf() }));
  expect(onDisk(payment)).toBe(payment);
});
