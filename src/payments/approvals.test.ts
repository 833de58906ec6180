import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import { STRANGER } from './account.fixture.ts';
import { Approvals, nameOf, type Question } from './approvals.ts';
import { siteOf } from './payment.ts';
import { challengeOf, sessionOffer, signatureOffer } from './samples.fixture.ts';

function bench() {
  let changes = 0;
  const approvals = new Approvals(() => {
    changes += 1;
  });
  return { approvals, changes: () => changes };
}

function question(tabId = 1): Question {
  const challenge = challengeOf({ tabId });
  const { id, url } = challenge;
  return { id, site: siteOf(url), challenge, offer: sessionOffer(1n), reason: 'reason_newSite' };
}

test('questions wait in the order they came, and each gets its own answer', async () => {
  const { approvals, changes } = bench();
  const [first, second] = [question(), question()];
  const answers = [approvals.ask(first), approvals.ask(second)];
  expect(approvals.list()).toEqual([first, second]);
  approvals.answer(second.id, { kind: 'decline' });
  expect(approvals.list()).toEqual([first]);
  approvals.answer(first.id, { kind: 'once' });
  expect(await Promise.all(answers)).toEqual([{ kind: 'once' }, { kind: 'decline' }]);
  expect(approvals.list()).toEqual([]);
  expect(changes()).toBe(4);
});

test('the name of a question changes with everything that its answer is about, and with nothing else', () => {
  const one = question();
  const { offer, challenge } = one;
  expect(nameOf({ ...one, reason: 'reason_locked' })).toBe(nameOf(one));
  const others = [
    { ...one, id: 'another' },
    { ...one, offer: { ...offer, amount: 2n as Raw } },
    { ...one, offer: { ...offer, payTo: STRANGER } },
    { ...one, offer: { ...offer, network: 'nano:other' } },
    { ...one, offer: signatureOffer(1n) },
    { ...one, id: challengeOf({ tabId: challenge.tabId }).id },
  ];
  expect(new Set([one, ...others].map(nameOf)).size).toBe(others.length + 1);
});

test('a question is answered once: a second click finds it gone', async () => {
  const { approvals } = bench();
  const one = question();
  const answer = approvals.ask(one);
  approvals.answer(one.id, { kind: 'decline' });
  expect(() => approvals.answer(one.id, { kind: 'once' })).toThrow('fault_approvalGone');
  expect(() => approvals.answer('never asked', { kind: 'once' })).toThrow('fault_approvalGone');
  expect(await answer).toEqual({ kind: 'decline' });
});

test('what lapses is taken back, the rest waits on', async () => {
  const { approvals } = bench();
  const [gone, stays] = [question(1), question(2)];
  const answer = approvals.ask(gone);
  approvals.ask(stays);
  approvals.lapse(({ challenge }) => challenge.tabId === 1);
  expect(await answer).toEqual({ kind: 'lapsed' });
  expect(approvals.list()).toEqual([stays]);
});

test('a storm of 5,000 leaves 20 questions of one tab waiting, and 100 in all', () => {
  const { approvals } = bench();
  const ofOneTab = Array.from({ length: 5_000 }, () => approvals.ask(question(7)));
  expect(ofOneTab.filter((asked) => asked === 'full')).toHaveLength(4_980);
  for (let tabId = 8; tabId < 5_008; tabId++) approvals.ask(question(tabId));
  expect(approvals.list()).toHaveLength(100);
  expect(approvals.ask(question(9_999))).toBe('full');
});

test('an answer makes room for the next question', () => {
  const { approvals } = bench();
  const asked = Array.from({ length: 20 }, () => question());
  for (const one of asked) approvals.ask(one);
  expect(approvals.ask(question())).toBe('full');
  approvals.answer(asked[3]?.id ?? '', { kind: 'decline' });
  expect(approvals.ask(question())).not.toBe('full');
});

test('whatever comes in whatever order: never more than the bounds, one answer each, and nobody waits unasked', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), tab: fc.nat(8) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('answer' as const), nth: fc.nat(120) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), tab: fc.nat(8) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 50, maxLength: 400 }), async (steps) => {
      const { approvals } = bench();
      const ends: Promise<unknown>[] = [];
      let answers = 0;
      for (const one of steps) {
        const before = approvals.list();
        const inTab = (tab: number) => before.filter(({ challenge }) => challenge.tabId === tab).length;
        if (one.do === 'ask') {
          const asked = approvals.ask(question(one.tab));
          expect(asked === 'full').toBe(before.length === 100 || inTab(one.tab) === 20);
          if (asked !== 'full') ends.push(asked.then(() => (answers += 1)));
        } else if (one.do === 'leave') {
          approvals.lapse(({ challenge }) => challenge.tabId === one.tab);
        } else {
          const id = before[one.nth]?.id;
          if (id !== undefined) approvals.answer(id, { kind: 'decline' });
        }
        expect(approvals.list().length).toBeLessThanOrEqual(100);
      }
      approvals.lapse(() => true);
      await Promise.all(ends);
      expect(answers).toBe(ends.length);
    }),
    { numRuns: 50 },
  );
});
