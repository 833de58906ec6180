import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Challenge, givenBack } from '../interception/challenge.ts';
import { SENT_AGAIN_WITHIN } from '../interception/interception.ts';
import type { Raw } from '../nano/amount.ts';
import { siteOf } from '../site.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import { parseThreshold } from '../work/difficulty.ts';
import { ApprovalQueue, type QuestionOutcome } from './approval-queue.ts';
import { nameOf, type Question } from './question.ts';
import { challengeOf, sessionOffer, signatureOffer, signedBlockOffer } from './samples.fixture.ts';

function queue() {
  let changes = 0;
  let now = 0;
  const approvals = new ApprovalQueue(
    () => {
      changes += 1;
    },
    () => now,
  );
  const pass = (ms: number) => {
    now += ms;
  };
  return { approvals, pass, changes: () => changes };
}

let paths = 0;

/** A question about a URL of its own, unless it is given one. */
function question(parts: Partial<Challenge> = {}, amount = 1n): Question {
  const challenge = challengeOf({ url: `https://shop.example/${++paths}`, ...parts });
  const { id, url } = challenge;
  return {
    id,
    site: siteOf(url),
    challenge,
    offer: sessionOffer(amount),
    reason: 'reason_newSite',
    isPayeeUnopened: false,
  };
}

/** A question that a page of this site raises. */
const from = (topOrigin: string, parts: Partial<Challenge> = {}) =>
  question({ topOrigin, initiator: topOrigin, ...parts });
/** A question about one URL, which a script of one document asks for. */
const again = (amount?: bigint) =>
  question({ kind: 'xmlhttprequest', documentId: 'document', url: 'https://shop.example/again' }, amount);

/** Asks a question, and fails when the queue is full. */
function ask(approvals: ApprovalQueue, one: Question): Promise<QuestionOutcome> {
  const asked = approvals.ask(one);
  if (asked === 'full') throw new Error('there is no room for the question');
  return asked.outcome;
}

test('questions wait in the order of their arrival, and each gets its own answer', async () => {
  const { approvals, changes } = queue();
  const [first, second] = [question(), question()];
  const answers = [ask(approvals, first), ask(approvals, second)];
  expect(approvals.list()).toEqual([first, second]);
  approvals.answer(second.id, { kind: 'decline' });
  expect(approvals.list()).toEqual([first]);
  approvals.answer(first.id, { kind: 'once' });
  expect(await Promise.all(answers)).toEqual([{ kind: 'once', others: [] }, { kind: 'decline' }]);
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
    { ...one, challenge: givenBack(challenge) },
    { ...one, offer: signedBlockOffer(1n) },
    { ...one, offer: signedBlockOffer(1n, { workThreshold: parseThreshold('ffffffff00000000') }) },
  ];
  expect(new Set([one, ...others].map(nameOf)).size).toBe(others.length + 1);
});

test('a question is answered once: a second answer is rejected', async () => {
  const { approvals } = queue();
  const one = question();
  const answer = ask(approvals, one);
  approvals.answer(one.id, { kind: 'decline' });
  expect(() => approvals.answer(one.id, { kind: 'once' })).toThrow('fault_approvalGone');
  expect(() => approvals.answer('never asked', { kind: 'once' })).toThrow('fault_approvalGone');
  expect(await answer).toEqual({ kind: 'decline' });
});

test('questions that lapse are closed, the others go on waiting', async () => {
  const { approvals } = queue();
  const [gone, stays] = [question({ tabId: 1 }), question({ tabId: 2 })];
  const answer = ask(approvals, gone);
  approvals.ask(stays);
  approvals.lapse(({ challenge }) => challenge.tabId === 1);
  expect(await answer).toEqual({ kind: 'lapsed' });
  expect(approvals.list()).toEqual([stays]);
});

test('policy decides again on the questions that are picked, but for one that several requests share', async () => {
  const { approvals } = queue();
  const [first, second] = [question(), question()];
  const outcomes = [ask(approvals, first), ask(approvals, second)];
  const shared = again();
  void ask(approvals, shared);
  void ask(approvals, again());
  approvals.reconsider(({ id }) => id !== second.id);
  expect(await outcomes[0]).toEqual({ kind: 'reconsider' });
  expect(approvals.list().map(({ id }) => id)).toEqual([second.id, shared.id]);
});

test('identical requests of one document share one question, and the newest gets the payment', async () => {
  const { approvals } = queue();
  const [first, second, third] = [again(), again(), again()];
  const outcomes = [first, second, third].map((one) => ask(approvals, one));
  expect(approvals.list()).toEqual([{ ...first, challenge: third.challenge }]);
  approvals.answer(first.id, { kind: 'once' });
  expect(await Promise.all(outcomes)).toEqual([
    { kind: 'shared' },
    { kind: 'shared' },
    { kind: 'once', others: [first.challenge, second.challenge] },
  ]);
});

test('requests whose prices differ only in their tags share a question, and the price that was shown is paid', () => {
  const { approvals } = queue();
  const [first, second] = [again(), again()];
  const tagged = { ...second, offer: { ...second.offer, amount: 7n as Raw, tagAmount: 6n as Raw } };
  approvals.ask(first);
  expect(approvals.ask(tagged)).toMatchObject({ shown: { id: first.id, offer: first.offer } });
  expect(approvals.list()).toHaveLength(1);
});

test.each<[string, (one: Question) => Question]>([
  ['another price', (one) => ({ ...one, offer: sessionOffer(2n) })],
  ['another payee', (one) => ({ ...one, offer: { ...one.offer, payTo: STRANGER } })],
  ['another reason', (one) => ({ ...one, reason: 'reason_undeliveredBefore' })],
  ['another method', (one) => ({ ...one, challenge: { ...one.challenge, method: 'POST' } })],
  ['another document', (one) => ({ ...one, challenge: { ...one.challenge, documentId: 'other' } })],
  ['another tab', (one) => ({ ...one, challenge: { ...one.challenge, tabId: 99 } })],
  [
    'another origin',
    (one) => ({ ...one, challenge: { ...one.challenge, redirectedBy: 'https://evil.example' } }),
  ],
])('a request with %s has a question of its own', (_, change) => {
  const { approvals } = queue();
  approvals.ask(again());
  approvals.ask(change(again()));
  expect(approvals.list()).toHaveLength(2);
});

test('a question ends with its last request, and not before', async () => {
  const { approvals } = queue();
  const [first, second] = [again(), again()];
  const outcomes = [ask(approvals, first), ask(approvals, second)];
  approvals.withdraw(second.challenge.id);
  expect(approvals.list()).toEqual([first]);
  approvals.withdraw(first.challenge.id);
  expect(approvals.list()).toEqual([]);
  expect(await Promise.all(outcomes)).toEqual([{ kind: 'withdrawn' }, { kind: 'withdrawn' }]);
  expect(() => approvals.answer(first.id, { kind: 'once' })).toThrow('fault_approvalGone');
});

test('a request that is sent again within two seconds gets the same question, later a new one', () => {
  const { approvals, pass } = queue();
  const [first, second, third] = [again(), again(), again()];
  approvals.ask(first);
  approvals.withdraw(first.challenge.id);
  pass(SENT_AGAIN_WITHIN - 1);
  approvals.ask(second);
  expect(approvals.list()).toEqual([{ ...first, challenge: second.challenge }]);
  approvals.withdraw(second.challenge.id);
  pass(SENT_AGAIN_WITHIN);
  approvals.ask(third);
  expect(approvals.list()).toEqual([third]);
});

test('a request that is sent again after its question was answered gets a new question', async () => {
  const { approvals } = queue();
  const [first, second] = [again(), again()];
  approvals.ask(first);
  approvals.answer(first.id, { kind: 'decline' });
  approvals.ask(second);
  expect(approvals.list()).toEqual([second]);
});

test('a burst of 5,000 leaves 20 questions of one site waiting, in whatever tabs, and 100 in all', () => {
  const { approvals } = queue();
  const evil = 'https://evil.example';
  const asked = Array.from({ length: 5_000 }, (_, n) => approvals.ask(from(evil, { tabId: n % 50 })));
  expect(asked.filter((one) => one === 'full')).toHaveLength(4_980);
  for (let n = 0; n < 1_000; n++) approvals.ask(from(`https://${n % 500}.example`));
  expect(approvals.list()).toHaveLength(100);
});

test('the first question of another site displaces one of the site that has the most', async () => {
  const { approvals } = queue();
  const sites = Array.from({ length: 5 }, (_, n) => `https://evil-${n}.example`);
  const outcomes = sites.flatMap((site) => Array.from({ length: 20 }, () => ask(approvals, from(site))));
  expect(approvals.ask(from(sites[0] ?? ''))).toBe('full');
  const honest = from('https://honest.example');
  expect(approvals.ask(honest)).not.toBe('full');
  expect(approvals.list()).toHaveLength(100);
  expect(approvals.list()).toContainEqual(honest);
  expect(await Promise.race(outcomes)).toEqual({ kind: 'crowded' });
});

test('of the requests of one question that were given back the newest stays', async () => {
  const { approvals } = queue();
  const [first, second, held] = [again(), again(), again()];
  const ended = new Map<string, QuestionOutcome>();
  for (const one of [first, second, held]) {
    void ask(approvals, one).then((outcome) => ended.set(one.id, outcome));
  }
  approvals.gaveBack(givenBack(second.challenge));
  approvals.gaveBack(givenBack(first.challenge));
  await Promise.resolve();
  expect([...ended]).toEqual([[first.id, { kind: 'superseded' }]]);
  expect(approvals.list()).toMatchObject([{ id: first.id, challenge: held.challenge }]);
  // Its page takes the newest one back: paying takes a reload then, and the question says so.
  approvals.withdraw(held.id);
  expect(approvals.list()).toMatchObject([{ id: first.id, challenge: givenBack(second.challenge) }]);
});

test('a question about a request that was given back before a restart is shared with the same request, held anew', () => {
  const { approvals } = queue();
  const [returned, held] = [again(), again()];
  approvals.ask({ ...returned, challenge: givenBack(returned.challenge) });
  approvals.ask(held);
  expect(approvals.list()).toMatchObject([{ id: returned.id, challenge: held.challenge }]);
});

test('an answer to a question with a request that is held lets none that was given back take its place', async () => {
  const { approvals } = queue();
  const [returned, older, newest] = [again(), again(), again()];
  const outcomes = [returned, older, newest].map((one) => ask(approvals, one));
  approvals.gaveBack(givenBack(returned.challenge));
  approvals.answer(returned.id, { kind: 'once' });
  expect(await Promise.all(outcomes)).toEqual([
    { kind: 'superseded' },
    { kind: 'shared' },
    { kind: 'once', others: [older.challenge] },
  ]);
});

test('foreign frames of many origins displace no question of the page around them', () => {
  const { approvals } = queue();
  const page = 'https://honest.example';
  const own = [from(page), from(page), from(page)];
  for (const one of own) approvals.ask(one);
  for (let n = 0; n < 200; n++) {
    const frame = `https://${n}.evil.example`;
    approvals.ask(question({ topOrigin: page, initiator: frame, ancestors: [page] }));
  }
  expect(approvals.list()).toHaveLength(20);
  expect(approvals.list().slice(0, 3)).toEqual(own);
  const another = from(page);
  expect(approvals.ask(another)).not.toBe('full');
  expect(approvals.list()).toHaveLength(20);
});

test('an answer makes room for the next question', () => {
  const { approvals } = queue();
  const asked = Array.from({ length: 20 }, () => from('https://shop.example'));
  for (const one of asked) approvals.ask(one);
  expect(approvals.ask(from('https://shop.example'))).toBe('full');
  approvals.answer(asked[3]?.id ?? '', { kind: 'decline' });
  expect(approvals.ask(from('https://shop.example'))).not.toBe('full');
});

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      site: fc.nat(8),
      url: fc.nat(30),
      tab: fc.nat(3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      nth: fc.nat(120),
      kind: fc.constantFrom('once' as const, 'decline' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('withdraw' as const), nth: fc.nat(400) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), tab: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(3_000) }) },
);

test('in any order of questions, withdrawals and answers: no question without a request, none beyond the limits, one outcome each', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 50, maxLength: 400 }), async (steps) => {
      const { approvals, pass } = queue();
      const outcomes: Promise<readonly [string, QuestionOutcome]>[] = [];
      const live = new Map<string, string>();
      let answered = 0;
      const isShownFor = (name: string) => approvals.list().some(({ challenge }) => challenge.id === name);
      for (const one of steps) {
        const before = approvals.list();
        if (one.do === 'ask') {
          const site = `https://${one.site}.example`;
          const document = `${one.tab}`;
          const url = `${site}/${one.url}`;
          const asking = from(site, { url, tabId: one.tab, documentId: document, kind: 'xmlhttprequest' });
          const asked = approvals.ask(asking);
          const ofSite = (topOrigin: string) =>
            before.filter(({ challenge }) => challenge.topOrigin === topOrigin).length;
          if (asked === 'full') {
            // A site with few questions is never refused in favour of one with many.
            const most = Math.max(...before.map(({ challenge }) => ofSite(challenge.topOrigin ?? '')));
            expect(ofSite(site) === 20 || (before.length === 100 && ofSite(site) + 1 >= most)).toBe(true);
          } else {
            const { id } = asking.challenge;
            live.set(id, url);
            outcomes.push(asked.outcome.then((outcome) => [id, outcome] as const));
            void asked.outcome.then(() => live.delete(id));
            expect(isShownFor(id)).toBe(true);
          }
        } else if (one.do === 'withdraw') {
          const id = [...live.keys()][one.nth];
          if (id !== undefined) {
            approvals.withdraw(id);
            expect(approvals.isAsked(id)).toBe(false);
          }
        } else if (one.do === 'leave') {
          approvals.lapse(({ challenge }) => challenge.tabId === one.tab);
        } else if (one.do === 'pass') {
          pass(one.ms);
        } else {
          const id = before[one.nth]?.id;
          if (id !== undefined) {
            approvals.answer(id, { kind: one.kind });
            if (one.kind === 'once') answered += 1;
          }
        }
        await Promise.resolve();
        await Promise.resolve();
        const shown = approvals.list();
        expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
        expect(shown.every(({ challenge }) => live.has(challenge.id))).toBe(true);
        expect([...live.keys()].every((id) => approvals.isAsked(id))).toBe(true);
        expect(shown.length).toBeLessThanOrEqual(100);
      }
      approvals.lapse(() => true);
      const all = await Promise.all(outcomes);
      // An answer that pays is given to one request only.
      expect(all.filter(([, { kind }]) => kind === 'once')).toHaveLength(answered);
      expect(all).toHaveLength(outcomes.length);
    }),
    { numRuns: 60 },
  );
});
