/** Payments whose work takes longer than their offers live. */
import { describe, expect, test } from 'vitest';
import { type Challenge, givenBack } from '../interception/challenge.ts';
import type { Raw } from '../nano/amount.ts';
import { siteOf } from '../site.ts';
import { workOver } from '../wallet/account.fixture.ts';
import type { WorkEngine } from '../work/engine.ts';
import {
  account,
  browser,
  devnet,
  page,
  payments,
  restart,
  script,
  setUp,
  states,
  statusOf,
  withPayee,
  withTag,
  worker,
  XNO,
} from './challenge-handler.fixture.ts';
import { requiredIn } from './samples.fixture.ts';
import { allowAll, type WorkerOptions } from './worker.fixture.ts';

setUp();

/** A visit whose offer lives for a minute; the next offers live for three. */
const article = () => page('/article', '&first-expiry=60');
/** When the first offer is too old to be paid (ms). */
const TOO_LATE = 55_000;
const OTHER_PAYEE = 'nano_3t6k35gi95xu6tergt6p69ck76ogmitsa8mnijtpxm9fkcm736xtoncuohr3';

interface SlowWorker extends Pick<WorkerOptions, 'handler' | 'kill'> {
  readonly takes?: number | null;
  /** How much later than now it starts (ms). */
  readonly later?: number;
}

/** A worker whose work takes as long as the test says, while its clock stands where the test sets it. */
function slowWorker({ takes: bound = 600_000, later = 0, handler = {}, ...options }: SlowWorker = {}) {
  let [takes, ahead] = [bound, later];
  const searches: { readonly found: () => void; readonly signal: AbortSignal }[] = [];
  restart({
    ...options,
    now: () => Date.now() + ahead,
    handler: {
      work: {
        bound: async () => takes,
        find: (_, __, signal) =>
          new Promise((found, ended) => {
            searches.push({ found, signal });
            signal.addEventListener('abort', () => ended(signal.reason));
          }),
      },
      ...handler,
    },
  });
  const search = async () => {
    await expect.poll(() => searches.length).toBeGreaterThan(0);
    return searches[0];
  };
  return {
    searches,
    search,
    /** The work is found so many ms after the offer was made. Its next payment needs none. */
    async find(after = later) {
      const running = await search();
      ahead = after;
      takes = 0;
      running?.found();
    },
  };
}

/** Handles a challenge up to the answer of its user, who pays. */
async function agreed(challenge: Challenge) {
  const handled = worker.challengeHandler.handle(challenge);
  await expect.poll(() => worker.approvals.list().length).toBe(1);
  worker.approvals.answer(challenge.id, { kind: 'once' });
  return handled;
}

describe('a payment whose work may take longer than its offer lives', () => {
  test.each([
    ['a document', () => ({})],
    ['a script that is held', script],
  ])('is prepared first; then a fresh offer is paid without a second question, for %s', async (_, parts) => {
    const slow = slowWorker();
    const challenge = await browser.visit(article(), parts());
    const handled = agreed(challenge);
    await slow.search();
    expect(await states()).toEqual([]);
    await slow.find(TOO_LATE);
    await handled;
    expect(browser.renewed).toEqual([challenge.id]);
    expect(worker.asked).toHaveLength(1);
    expect(statusOf(challenge)).toBe(200);
    expect(await states()).toEqual(['settled']);
    expect(account.sends()).toHaveLength(1);
  });

  test('is paid by the offer that was shown, where that is still good', async () => {
    const slow = slowWorker();
    const challenge = await browser.visit(article());
    const handled = agreed(challenge);
    await slow.find(20_000);
    await handled;
    expect(browser.renewed).toEqual([]);
    expect(statusOf(challenge)).toBe(200);
  });

  test('is prepared first on a device whose speed is not known', async () => {
    const slow = slowWorker({ takes: null });
    const challenge = await browser.visit(article());
    const handled = agreed(challenge);
    await slow.find(0);
    await handled;
    expect(statusOf(challenge)).toBe(200);
  });

  test('is approved at once where the work is found in time', async () => {
    const slow = slowWorker({ takes: 20_000 });
    const challenge = await browser.visit(article());
    await agreed(challenge);
    expect(slow.searches).toEqual([]);
    expect(statusOf(challenge)).toBe(200);
  });

  test('is asked about anew at another price, with both prices', async () => {
    const dear = await browser.visit(page('/article', `&price=${XNO / 20n}`));
    const slow = slowWorker({
      handler: {
        freshOffer: async (challenge) => ({ ...challenge, header: dear.header, seenAt: dear.seenAt }),
      },
    });
    const challenge = await browser.visit(article());
    const handled = agreed(challenge);
    await slow.search();
    await slow.find(TOO_LATE);
    await expect.poll(() => worker.asked.length).toBe(2);
    expect(worker.asked[1]).toMatchObject({ reason: 'reason_priceChanged', args: ['0.01', '0.05'] });
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
    expect(account.sends()).toEqual([]);
    expect(await states()).toEqual([]);
  });

  test.each([
    ['is asked about anew', true, 2],
    ['is paid', false, 1],
  ])(
    'for another recipient %s, where the budget of its site is for one account: %s',
    async (_, pinned, asked) => {
      const slow = slowWorker({
        handler: {
          freshOffer: async (challenge) => {
            const fresh = await browser.freshOffer(challenge);
            return fresh && { ...fresh, header: withPayee(requiredIn(fresh), OTHER_PAYEE) };
          },
        },
      });
      const challenge = await browser.visit(article());
      // A budget that is too small for the payment, so that its user is asked.
      await allowAll(account, challenge.url, 1n);
      await worker.budgets.change(account.network.id, siteOf(challenge.url), { perDay: 1n as Raw, pinned });
      const handled = agreed(challenge);
      await slow.search();
      await slow.find(TOO_LATE);
      if (asked === 2) {
        await expect.poll(() => worker.asked.length).toBe(2);
        expect(worker.asked[1]).toMatchObject({ reason: 'reason_ranOut' });
        worker.approvals.answer(challenge.id, { kind: 'decline' });
      }
      await handled;
      expect(worker.asked).toHaveLength(asked);
      expect(account.sends()).toHaveLength(2 - asked);
    },
  );

  test('of a POST is not asked for anew by itself: its page gets the 402, and nothing is paid', async () => {
    const slow = slowWorker();
    const challenge = await browser.visit(page('/api/echo', '&first-expiry=60'), {
      ...script(),
      method: 'POST',
    });
    const handled = agreed(challenge);
    await slow.search();
    await slow.find(TOO_LATE);
    await handled;
    expect(browser.renewed).toEqual([]);
    expect(worker.log.map(({ key }) => key)).toEqual(['fault_offerExpired']);
    expect(browser.released).toEqual([challenge.id]);
    expect(account.sends()).toEqual([]);
  });

  test('is not searched for any more when its page takes the request back', async () => {
    const slow = slowWorker();
    const challenge = await browser.visit(article(), script());
    const handled = agreed(challenge);
    const search = await slow.search();
    await worker.challengeHandler.withdraw(challenge);
    await handled;
    expect(search?.signal.aborted).toBe(true);
    expect(await states()).toEqual([]);
    expect(worker.log.map(({ key }) => key)).toEqual(['refusal_WITHDRAWN']);
  });

  test('inside a budget is prepared and paid without a question', async () => {
    const slow = slowWorker();
    const challenge = await browser.visit(article());
    await allowAll(account, challenge.url);
    const handled = worker.challengeHandler.handle(challenge);
    await slow.search();
    await slow.find(TOO_LATE);
    await handled;
    expect(worker.asked).toEqual([]);
    expect(browser.renewed).toEqual([challenge.id]);
    expect(statusOf(challenge)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });
});

test('a payment whose work may take longer than its offer lives is asked about anew where the rest of its amount is called a tag', async () => {
  const slow = slowWorker({
    handler: {
      freshOffer: async (challenge) => {
        const fresh = await browser.freshOffer(challenge);
        return fresh && { ...fresh, header: withTag(requiredIn(fresh), XNO / 2n) };
      },
    },
  });
  const challenge = await browser.visit(article());
  const handled = agreed(challenge);
  await slow.find(TOO_LATE);
  await expect.poll(() => worker.asked.length).toBe(2);
  expect(worker.asked[1]).toMatchObject({ reason: 'reason_priceChanged', args: ['0.01', '0.51'] });
  worker.approvals.answer(challenge.id, { kind: 'decline' });
  await handled;
  expect(account.sends()).toEqual([]);
});

describe('a payment that its user cancels', () => {
  test.each([
    ['a document', () => ({})],
    ['a script that is held', script],
  ])('while it is prepared is not made, and %s gets its own 402', async (_, parts) => {
    const slow = slowWorker();
    const challenge = await browser.visit(article(), parts());
    const handled = agreed(challenge);
    const search = await slow.search();
    expect(worker.challengeHandler.underway()).toMatchObject([{ challenge: { id: challenge.id } }]);
    await worker.challengeHandler.cancel(challenge.id);
    expect(browser.released).toEqual([challenge.id]);
    expect(worker.challengeHandler.underway()).toEqual([]);
    expect(browser.kept.size).toBe(0);
    await handled;
    expect(search?.signal.aborted).toBe(true);
    expect(worker.log).toEqual([{ challenge: challenge.id, key: 'fault_cancelled', args: [] }]);
    expect(browser.released).toEqual([challenge.id]);
    expect(await states()).toEqual([]);
    expect(account.sends()).toEqual([]);
  });

  test('while a fresh offer is asked for is not made', async () => {
    let cancelled: Promise<void> | undefined;
    const slow = slowWorker({
      handler: {
        freshOffer: async (challenge) => {
          cancelled = worker.challengeHandler.cancel(challenge.id);
          return browser.freshOffer(challenge);
        },
      },
    });
    const challenge = await browser.visit(article());
    const handled = agreed(challenge);
    await slow.find(TOO_LATE);
    await handled;
    await cancelled;
    expect(worker.log.map(({ key }) => key)).toEqual(['fault_cancelled']);
    expect(await states()).toEqual([]);
  });

  test('after it was reserved is given up before anything is signed', async () => {
    const endless: WorkEngine = {
      name: 'endless',
      solve: (_, __, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    };
    restart({ wallet: { work: workOver(account.database, endless) } });
    const challenge = await browser.visit(page(), script());
    const handled = agreed(challenge);
    await expect.poll(states).toEqual(['approved']);
    await worker.challengeHandler.cancel(challenge.id);
    expect(browser.released).toEqual([challenge.id]);
    await handled;
    expect((await payments()).map(({ progress }) => progress)).toMatchObject([
      { state: 'abandoned', fault: 'fault_cancelled' },
    ]);
    expect(worker.log.map(({ key }) => key)).toEqual(['fault_cancelled']);
    expect(account.sends()).toEqual([]);
  });

  test('while its money is reserved is given up', async () => {
    const { journal } = account;
    const reserve = journal.reserve.bind(journal);
    const challenge = await browser.visit(page());
    let cancelled: Promise<void> | undefined;
    journal.reserve = async (intent) => {
      const reservation = await reserve(intent);
      cancelled = worker.challengeHandler.cancel(challenge.id);
      return reservation;
    };
    await agreed(challenge);
    await cancelled;
    expect(await states()).toEqual(['abandoned']);
    expect(account.sends()).toEqual([]);
  });

  test('once its block is being signed is made, and the user is told', async () => {
    restart({ kill: { at: 'signed', when: 'before' } });
    const challenge = await browser.visit(page());
    void agreed(challenge);
    await worker.died;
    await expect(worker.challengeHandler.cancel(challenge.id)).rejects.toThrow('fault_tooLateToCancel');
    expect(browser.released).toEqual([]);
    // The next life finds it approved, and goes on.
    const next = restart({});
    await next.challengeHandler.handle(challenge);
    expect(next.asked).toEqual([]);
    expect(statusOf(challenge)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test('after it was signed by an earlier life of the worker is made, and the user is told', async () => {
    restart({ kill: { at: 'signed', when: 'after' } });
    const challenge = await browser.visit(page());
    void agreed(challenge);
    await worker.died;
    const next = restart({});
    devnet.faults.set({ kind: 'latency', action: 'process', ms: 300 });
    const handled = next.challengeHandler.handle(challenge);
    await expect.poll(() => next.challengeHandler.underway().length).toBe(1);
    await expect(next.challengeHandler.cancel(challenge.id)).rejects.toThrow('fault_tooLateToCancel');
    await handled;
    expect(statusOf(challenge)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test('after its end tells the user that it is over', async () => {
    const challenge = await browser.visit(page());
    await agreed(challenge);
    await expect(worker.challengeHandler.cancel(challenge.id)).rejects.toThrow('fault_approvalGone');
    expect(statusOf(challenge)).toBe(200);
  });

  test('before they have agreed to it stays a question', async () => {
    const challenge = await browser.visit(page());
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(() => worker.approvals.list().length).toBe(1);
    await expect(worker.challengeHandler.cancel(challenge.id)).rejects.toThrow('fault_approvalGone');
    expect(worker.approvals.list()).toHaveLength(1);
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
  });
});

describe('a worker that is killed while it prepares a payment', () => {
  /** Has a payment agreed to, and its worker killed while it searches for the work. */
  async function killed(parts: Partial<Challenge> = {}): Promise<Challenge> {
    const slow = slowWorker();
    const challenge = await browser.visit(article(), parts);
    void agreed(challenge);
    await slow.search();
    return challenge;
  }

  test.each([
    ['a document', () => ({}), 20_000, 0],
    ['a document, after its offer ran out', () => ({}), TOO_LATE, 1],
    ['a document, long after its offer ran out', () => ({}), 70_000, 1],
    ['a script that is held', script, TOO_LATE, 1],
  ])('goes on in its next life without a second question, for %s', async (_, parts, later, renewals) => {
    const challenge = await killed(parts());
    const slow = slowWorker({ later });
    const handled = worker.challengeHandler.handle(challenge);
    await slow.search();
    expect(worker.challengeHandler.underway()).toMatchObject([{ challenge: { id: challenge.id } }]);
    expect(browser.renewed).toHaveLength(renewals);
    expect(await states()).toEqual([]);
    await slow.find();
    await handled;
    expect(worker.asked).toEqual([]);
    expect(statusOf(challenge)).toBe(200);
    expect(account.sends()).toHaveLength(1);
    expect(browser.kept.size).toBe(0);
  });

  test('goes on as often as it is killed', async () => {
    const challenge = await killed();
    for (let life = 0; life < 3; life++) {
      const slow = slowWorker();
      void worker.challengeHandler.handle(challenge);
      await slow.search();
    }
    const slow = slowWorker({ later: TOO_LATE });
    const handled = worker.challengeHandler.handle(challenge);
    await slow.find();
    await handled;
    expect(worker.asked).toEqual([]);
    expect(account.sends()).toHaveLength(1);
  });

  test.each([
    ['at another price', (header: string) => withTag(header, XNO / 2n), 'reason_priceChanged'],
    ['for another recipient', (header: string) => withPayee(header, OTHER_PAYEE), 'reason_ranOut'],
  ])('asks anew %s, though the budget of its site is for any account', async (_, change, reason) => {
    const challenge = await killed();
    await allowAll(account, challenge.url, 1n);
    await worker.budgets.change(account.network.id, siteOf(challenge.url), {
      perDay: 1n as Raw,
      pinned: false,
    });
    slowWorker();
    const handled = worker.challengeHandler.handle({ ...challenge, header: change(requiredIn(challenge)) });
    await expect.poll(() => worker.asked).toMatchObject([{ reason }]);
    // The question has taken its place.
    await expect.poll(() => [...browser.kept.keys()]).toEqual([`asked:${challenge.id}`]);
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
    expect(account.sends()).toEqual([]);
  });

  test('asks anew for another request of the same thing', async () => {
    const challenge = await killed();
    slowWorker();
    const other = browser.show({ ...challenge, id: crypto.randomUUID() });
    const handled = worker.challengeHandler.handle(other);
    await expect.poll(() => worker.asked).toMatchObject([{ challenge: { id: other.id } }]);
    worker.approvals.answer(other.id, { kind: 'decline' });
    await handled;
    expect(account.sends()).toEqual([]);
  });

  test.each([
    ['has a price too many', (kept: object) => ({ ...kept, price: '1' })],
    ['has no recipient', (kept: object) => ({ ...kept, deal: { ...dealIn(kept), payTo: '' } })],
    ['has no price', (kept: object) => ({ ...kept, deal: { ...dealIn(kept), price: null } })],
    ['is nothing', () => null],
  ])('asks anew where what it kept %s', async (_, change) => {
    const challenge = await killed();
    for (const [key, value] of browser.kept) browser.kept.set(key, change(value as object));
    slowWorker();
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(() => worker.asked).toMatchObject([{ reason: 'reason_newSite' }]);
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
  });

  test('keeps nothing of a private window, and asks anew', async () => {
    const challenge = await killed({ isPrivate: true });
    expect(browser.kept.size).toBe(0);
    slowWorker();
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(() => worker.asked).toMatchObject([{ reason: 'reason_privateWindow' }]);
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
  });

  test('asks anew for a request whose page has its own 402 by now', async () => {
    const challenge = await killed(script());
    slowWorker();
    const handled = worker.challengeHandler.handle(givenBack(challenge));
    await expect.poll(() => worker.asked.length).toBe(1);
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
  });

  test('gives the other requests of the same question their 402, without a second question', async () => {
    const slow = slowWorker();
    const url = article();
    const first = await browser.visit(url, script());
    const second = browser.show({ ...first, id: crypto.randomUUID() });
    void worker.challengeHandler.handle(first);
    await expect.poll(() => worker.approvals.list().length).toBe(1);
    void worker.challengeHandler.handle(second);
    await expect
      .poll(() => worker.approvals.list().map(({ challenge }) => challenge.id))
      .toEqual([second.id]);
    worker.approvals.answer(first.id, { kind: 'once' });
    await slow.search();
    const next = slowWorker();
    const handled = worker.challengeHandler.handle(second);
    await worker.challengeHandler.handle(first);
    expect(browser.released).toEqual([first.id]);
    expect(worker.log.map(({ key }) => key)).toEqual(['refusal_SHARED']);
    await next.find();
    await handled;
    expect(worker.asked).toEqual([]);
    expect(statusOf(second)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test('before the reservation asks anew, and after it pays once without a question', async () => {
    for (const [when, asked] of [
      ['before', 1],
      ['after', 0],
    ] as const) {
      const before = account.sends().length;
      const slow = slowWorker({ kill: { at: 'approved', when } });
      const challenge = await browser.visit(article());
      void agreed(challenge);
      await slow.find(20_000);
      await worker.died;
      expect(browser.kept.size).toBe(0);
      restart({});
      const handled = worker.challengeHandler.handle(challenge);
      await expect.poll(() => worker.asked.length).toBe(asked);
      if (asked === 1) worker.approvals.answer(challenge.id, { kind: 'once' });
      await handled;
      expect(statusOf(challenge)).toBe(200);
      expect(account.sends()).toHaveLength(before + 1);
    }
  });

  test.each([
    ['cancels it', async ({ id }: Challenge) => worker.challengeHandler.cancel(id)],
    ['leaves the page', async (challenge: Challenge) => worker.challengeHandler.withdraw(challenge)],
  ])('forgets it where its user %s before the next life has come to it', async (_, end) => {
    const challenge = await killed();
    slowWorker();
    await end(challenge);
    expect(browser.kept.size).toBe(0);
    expect(worker.challengeHandler.underway()).toEqual([]);
  });
});

const dealIn = (kept: object) => ('deal' in kept ? (kept.deal as object) : {});
