/** Requests that their page takes back, and identical requests that stand in for one another. */
import { describe, expect, test } from 'vitest';
import type { Challenge } from '../interception/challenge.ts';
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
  worker,
} from './challenge-handler.fixture.ts';
import { challengeOf } from './samples.fixture.ts';
import { allowAll } from './worker.fixture.ts';

setUp();

describe('a request that its page takes back', () => {
  const takeBack = async (challenge: Challenge) => {
    browser.leave(challenge);
    await worker.challengeHandler.withdraw(challenge);
  };
  /** Starts a payment within a budget, with a slow node. Resolves once it is reserved, before it is signed. */
  const reserved = async (url: string, parts: Partial<Challenge> = {}) => {
    await allowAll(account, url);
    const challenge = await browser.visit(url, { ...script(), ...parts });
    devnet.faults.set({ kind: 'latency', ms: 500 });
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(states).toEqual(['approved']);
    return { challenge, handled };
  };
  const spent = async (url: string) =>
    (await worker.budgets.rulesFor(account.network.id, siteOf(url), Date.now())).allowance.spent.perDay;

  test('before its block is signed is not paid, and its money is given back to the budget', async () => {
    const url = page();
    const { challenge, handled } = await reserved(url);
    expect(await spent(url)).toBeGreaterThan(0n);
    await takeBack(challenge);
    await handled;
    expect(await states()).toEqual(['abandoned']);
    expect(await spent(url)).toBe(0n);
    expect(account.sends()).toEqual([]);
    expect(worker.log).toMatchObject([{ challenge: challenge.id, key: 'fault_withdrawn' }]);
  });

  test('during the search for work ends the search two seconds later', async () => {
    const endless: WorkEngine = {
      name: 'endless',
      solve: (_, __, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    };
    restart({ wallet: { work: workOver(account.database, endless) } });
    const url = page();
    await allowAll(account, url);
    const challenge = await browser.visit(url, script());
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(states).toEqual(['approved']);
    await takeBack(challenge);
    await handled;
    expect(await states()).toEqual(['abandoned']);
    expect(account.sends()).toEqual([]);
  });

  test('and sends again before its block is signed is paid once, and served', async () => {
    const url = page();
    const { challenge, handled } = await reserved(url);
    await takeBack(challenge);
    const second = await browser.visit(url, script());
    await Promise.all([worker.challengeHandler.handle(second), handled]);
    expect(statusOf(second)).toBe(200);
    expect(await states()).toEqual(['settled']);
    expect(account.sends()).toHaveLength(1);
  });

  test('and repeats five times is paid once, and the last repetition is served', async () => {
    const url = page();
    const { challenge, handled } = await reserved(url);
    let last = challenge;
    const allHandled = [handled];
    for (let nth = 0; nth < 5; nth++) {
      await takeBack(last);
      last = await browser.visit(url, script());
      allHandled.push(worker.challengeHandler.handle(last));
    }
    await Promise.all(allHandled);
    expect(statusOf(last)).toBe(200);
    expect(await states()).toEqual(['settled']);
    expect(account.sends()).toHaveLength(1);
  });

  test('after its block was signed is paid, and its proof is kept for the same request', async () => {
    devnet.faults.set({ kind: 'latency', action: 'process', ms: 150 });
    const url = page();
    await allowAll(account, url);
    const first = await browser.visit(url, script());
    const handled = worker.challengeHandler.handle(first);
    await expect.poll(states).toContain('signed');
    await takeBack(first);
    await handled;
    expect(await states()).toEqual(['unanswered']);
    const second = await browser.visit(url, script());
    await worker.challengeHandler.handle(second);
    expect(statusOf(second)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test.each([
    ['at the same price is paid once', '', ['settled']],
    // The merchant accepts a proof only at the URL of its session, which is another one here.
    ['at another price is another purchase', '&price=2', ['abandoned', 'refused']],
  ])('with a body, and sent again %s', async (_, query, ends) => {
    const url = page('/api/echo');
    const post = { method: 'POST' };
    const { challenge, handled } = await reserved(url, post);
    await takeBack(challenge);
    const other = await browser.visit(`${url}${query}`, { ...script(), ...post });
    const second = browser.show({ ...other, id: `${other.id} again`, url });
    await Promise.all([worker.challengeHandler.handle(second), handled]);
    expect((await states()).toSorted()).toEqual(ends);
    expect(account.sends()).toHaveLength(1);
  });

  test('loses its question, and a late answer is rejected', async () => {
    const challenge = await browser.visit(page(), script());
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(() => worker.approvals.list()).toHaveLength(1);
    await takeBack(challenge);
    expect(worker.approvals.list()).toEqual([]);
    expect(() => worker.approvals.answer(challenge.id, { kind: 'once' })).toThrow('fault_approvalGone');
    await handled;
    expect(worker.log).toMatchObject([{ key: 'refusal_WITHDRAWN' }]);
    expect(await payments()).toEqual([]);
  });

  test('before it was handled is logged', async () => {
    const challenge = challengeOf(script());
    await worker.challengeHandler.withdraw(challenge);
    expect(worker.log).toMatchObject([{ challenge: challenge.id, key: 'refusal_WITHDRAWN' }]);
  });
});

describe('identical requests of one document', () => {
  test('share one question and one payment: the newest gets the content, the others get their 402', async () => {
    const url = page();
    const requests: Challenge[] = [];
    for (let nth = 0; nth < 4; nth++) requests.push(await browser.visit(url, script()));
    const allHandled = requests.map((challenge) => worker.challengeHandler.handle(challenge));
    await expect.poll(() => requests.every(({ id }) => worker.approvals.isAsked(id))).toBe(true);
    const [question, ...more] = worker.approvals.list();
    expect(more).toEqual([]);
    const newest = question?.challenge;
    worker.approvals.answer(question?.id ?? '', { kind: 'once' });
    await Promise.all(allHandled);
    expect(newest && statusOf(newest)).toBe(200);
    const [payment, ...others] = await payments();
    expect(others).toEqual([]);
    expect(payment?.intent.offer).toEqual(question?.offer);
    expect(account.sends()).toMatchObject([{ amount: question?.offer.amount }]);
    expect(browser.released.toSorted()).toEqual(
      requests
        .map(({ id }) => id)
        .filter((id) => id !== newest?.id)
        .toSorted(),
    );
    expect(worker.log.map(({ key }) => key)).toEqual(Array(3).fill('refusal_SHARED'));
  });

  test('pass the payment on when the page takes back the one that is being paid', async () => {
    const url = page();
    const [first, second] = [await browser.visit(url, script()), await browser.visit(url, script())];
    const allHandled = [worker.challengeHandler.handle(first)];
    await expect.poll(() => worker.approvals.isAsked(first.id)).toBe(true);
    allHandled.push(worker.challengeHandler.handle(second));
    await expect.poll(() => worker.approvals.isAsked(second.id)).toBe(true);
    devnet.faults.set({ kind: 'latency', ms: 300 });
    worker.approvals.answer(first.id, { kind: 'once' });
    await expect.poll(states).toEqual(['approved']);
    browser.leave(second);
    await worker.challengeHandler.withdraw(second);
    await Promise.all(allHandled);
    expect(statusOf(first)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });
});
