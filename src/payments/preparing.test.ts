/** Payments whose work takes longer than their offers live. */
import { describe, expect, test } from 'vitest';
import type { Challenge } from '../interception/challenge.ts';
import type { Raw } from '../nano/amount.ts';
import { siteOf } from '../site.ts';
import {
  account,
  browser,
  page,
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

/** A worker whose work takes as long as the test says, while its clock stands where the test sets it. */
function slowWorker({ takes = 600_000 as number | null, handler = {} as WorkerOptions['handler'] } = {}) {
  let ahead = 0;
  const searches: { readonly found: () => void; readonly signal: AbortSignal }[] = [];
  restart({
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
    async find(after: number) {
      ahead = after;
      const running = await search();
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
  await slow.search();
  await slow.find(TOO_LATE);
  await expect.poll(() => worker.asked.length).toBe(2);
  expect(worker.asked[1]).toMatchObject({ reason: 'reason_priceChanged', args: ['0.01', '0.51'] });
  worker.approvals.answer(challenge.id, { kind: 'decline' });
  await handled;
  expect(account.sends()).toEqual([]);
});
