/** The ends of a challenge that is not paid. */
import { describe, expect, test, vi } from 'vitest';
import { Fault } from '../fault.ts';
import type { Raw } from '../nano/amount.ts';
import { nodeAt } from '../nano/nodes.fixture.ts';
import { EXPIRY_MARGIN } from '../policy/expiry-margins.ts';
import { calendarDay } from '../policy/spending-windows.ts';
import { LONGEST_LIFE } from '../protocol/offer/life.ts';
import { siteOf } from '../site.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import {
  account,
  browser,
  contextWith,
  handleAndAnswer,
  merchant,
  page,
  payments,
  restart,
  setUp,
  states,
  statusOf,
  withLife,
  withPayee,
  worker,
  XNO,
} from './challenge-handler.fixture.ts';
import { challengeOf, requiredIn } from './samples.fixture.ts';
import { allowAll } from './worker.fixture.ts';

setUp();

describe('a 402 is released to the page', () => {
  const expectReleased = (challenge: { readonly id: string }, key: string, ...args: readonly string[]) => {
    expect(worker.log).toContainEqual({ challenge: challenge.id, key, args });
    expect(browser.released).toContain(challenge.id);
    expect(account.sends()).toEqual([]);
  };

  test('when the user declines', async () => {
    const challenge = await browser.visit(page());
    await handleAndAnswer(challenge, { kind: 'decline' });
    expectReleased(challenge, 'refusal_DECLINED');
  });

  test('when the user blocks the site: its questions are closed, and no more are asked', async () => {
    const others = await Promise.all([browser.visit(page()), browser.visit(page())]);
    const allHandled = others.map((challenge) => worker.challengeHandler.handle(challenge));
    const challenge = await browser.visit(page());
    await handleAndAnswer(challenge, { kind: 'never', site: siteOf(challenge.url) });
    await Promise.all(allHandled);
    expectReleased(challenge, 'refusal_SITE_BLOCKED');
    const next = await browser.visit(page());
    await worker.challengeHandler.handle(next);
    expectReleased(next, 'refusal_SITE_BLOCKED');
    expect(worker.asked).toHaveLength(3);
  });

  test('when the question is not answered in time', async () => {
    // Slightly more than 10 s: after a moment the rest is too short to pay. No fresh price can be asked for by POST.
    const seenAt = Date.now();
    restart({ now: () => seenAt });
    const challenge = await browser.visit(page('/article'), { seenAt });
    const late = { ...challenge, method: 'POST', header: withLife(requiredIn(challenge), 10.05) };
    await worker.challengeHandler.handle(late);
    expectReleased(challenge, 'refusal_LAPSED');
  });

  test('when the offer expires too soon, and the server gives no fresh one', async () => {
    restart({ handler: { freshOffer: async () => null } });
    const challenge = await browser.visit(page('/article', '&expiry=9'));
    await worker.challengeHandler.handle(challenge);
    expectReleased(challenge, 'refusal_EXPIRES_TOO_SOON');
  });

  test('when the fresh offer expires too soon as well: only one is asked for', async () => {
    const challenge = await browser.visit(page('/article', '&expiry=9'));
    await worker.challengeHandler.handle(challenge);
    expectReleased(challenge, 'refusal_EXPIRES_TOO_SOON');
    expect(browser.renewed).toEqual([challenge.id]);
  });

  test('but not at once because the offer lives longer than a timer can wait: its question lapses within the hour', async () => {
    const challenge = await browser.visit(page('/article', '&expiry=999999'));
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const handled = worker.challengeHandler.handle({
      ...challenge,
      header: withLife(requiredIn(challenge), 10 ** 9),
    });
    await expect.poll(() => worker.approvals.list().length).toBe(1);
    const [, wait = 0] = timers.mock.calls.find(([, ms]) => ms !== undefined && ms > LONGEST_LIFE / 2) ?? [];
    expect(wait).toBeGreaterThan(LONGEST_LIFE - EXPIRY_MARGIN - 60_000);
    expect(wait).toBeLessThanOrEqual(LONGEST_LIFE - EXPIRY_MARGIN);
    timers.mockRestore();
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
  });

  test('when its page was loaded again before the question: the user is asked about the newer challenge', async () => {
    const parts = { kind: 'main_frame' as const, tabId: 7 };
    const url = page();
    const older = await browser.visit(url, parts);
    const newer = await browser.visit(url, parts);
    let isHeldUp = true;
    let resume = () => {};
    const gate = new Promise<void>((resolve) => {
      resume = resolve;
    });
    restart({
      handler: {
        waits: async () => {
          // The older challenge is held up, and the newer one overtakes it.
          if (isHeldUp) {
            isHeldUp = false;
            await gate;
          }
          return true;
        },
      },
    });
    const first = worker.challengeHandler.handle(older);
    await expect.poll(() => isHeldUp).toBe(false);
    const second = worker.challengeHandler.handle(newer);
    await expect.poll(() => worker.approvals.list().map(({ id }) => id)).toEqual([newer.id]);
    resume();
    await first;
    expect(worker.approvals.list().map(({ id }) => id)).toEqual([newer.id]);
    worker.approvals.answer(newer.id, { kind: 'once' });
    await second;
    expect(statusOf(newer)).toBe(200);
    expect(worker.log.map(({ key }) => key)).toEqual(['refusal_LAPSED']);
  });

  test('when the page was closed before the answer', async () => {
    const challenge = await browser.visit(page());
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(() => worker.approvals.list().length).toBe(1);
    browser.leave(challenge);
    worker.approvals.answer(challenge.id, { kind: 'once' });
    await handled;
    expect(worker.log.map(({ key }) => key)).toEqual(['refusal_LAPSED']);
    expect(await payments()).toEqual([]);
  });

  test('when the balance is too small', async () => {
    const challenge = await browser.visit(page('/article', `&price=${2n * XNO - 1n}`));
    await handleAndAnswer(challenge, { kind: 'once' });
    const [entry] = worker.log;
    expect(entry?.key).toBe('fault_insufficient');
    expect(await states()).toEqual(['abandoned']);
    expect(
      await worker.budgets.spentOn(account.network.id, siteOf(merchant.origin), calendarDay(Date.now())),
    ).toBe(0n);
    expectReleased(challenge, 'fault_insufficient', ...(entry?.args ?? []));
  });

  test('when no node can be reached: the payment is abandoned, and its money is given back', async () => {
    restart({ wallet: { node: nodeAt('http://127.0.0.1:1/') } });
    const challenge = await browser.visit(page());
    await handleAndAnswer(challenge, { kind: 'once' });
    expect(await states()).toEqual(['abandoned']);
    expect(
      await worker.budgets.spentOn(account.network.id, siteOf(merchant.origin), calendarDay(Date.now())),
    ).toBe(0n);
    expectReleased(challenge, 'fault_nodeUnreachable');
  });

  test('when the wallet is locked before it signs', async () => {
    restart({ wallet: { keys: () => Promise.reject(new Fault('fault_locked')) } });
    const url = page();
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await worker.challengeHandler.handle(challenge);
    expect(await states()).toEqual(['abandoned']);
    expectReleased(challenge, 'fault_locked');
  });

  test.each([
    ['when the wallet is locked', { accounts: async () => null }, 'reason_locked'],
    [
      'when the wallet is locked and its pocket has too little',
      { lease: async () => null },
      'reason_pocketEmpty',
    ],
  ])('%s: the user is asked, and nothing is paid', async (_, handler, reason) => {
    restart({ handler });
    const url = page();
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await handleAndAnswer(challenge, { kind: 'once' });
    expect(worker.asked.map(({ reason }) => reason)).toEqual([reason]);
    expectReleased(challenge, 'fault_locked');
  });

  test.each([
    ['asks', false, 'reason_newSite'],
    ['asks inside a budget', true, 'reason_payeeChanged'],
  ] as const)(
    'when it would pay an own account: the wallet %s, and pays nothing',
    async (_, hasBudget, reason) => {
      restart({ handler: { accounts: async () => [account.address, STRANGER] } });
      const url = page();
      if (hasBudget) await allowAll(account, url);
      const challenge = await browser.visit(url);
      const header = withPayee(requiredIn(challenge), STRANGER);
      await handleAndAnswer(
        { ...challenge, header },
        { kind: 'budget', perPayment: XNO as Raw, perDay: XNO as Raw },
      );
      expect(worker.asked.map((question) => question.reason)).toEqual([reason]);
      expectReleased(challenge, 'refusal_OWN_ACCOUNT');
      const { allowance } = await worker.budgets.rulesFor(account.network.id, siteOf(url), Date.now());
      expect(allowance.budget?.payTo ?? null).toBeNull();
    },
  );

  test('when the network was changed between the answer and the reservation', async () => {
    const looks = [contextWith({}), contextWith({ network: { id: 'nano:elsewhere', testMoney: true } })];
    restart({ handler: { context: async () => looks.shift() ?? null } });
    const challenge = await browser.visit(page());
    await handleAndAnswer(challenge, { kind: 'once' });
    expect(await payments()).toEqual([]);
    expect(account.sends()).toEqual([]);
    expectReleased(challenge, 'fault_unknownNetwork');
  });

  test('when the header has no offer, or only one for another network', async () => {
    const noOffer = browser.show(challengeOf({ url: page(), header: '!' }));
    await worker.challengeHandler.handle(noOffer);
    expectReleased(noOffer, 'refusal_BAD_BASE64');
    const otherNetwork = contextWith({ network: { id: 'nano:mainnet', testMoney: false } });
    restart({ handler: { context: async () => otherNetwork } });
    const challenge = await browser.visit(page());
    await worker.challengeHandler.handle(challenge);
    expectReleased(challenge, 'refusal_UNSUPPORTED_NETWORK');
  });

  test('without a line in the log before a wallet is set up', async () => {
    restart({ handler: { context: async () => null } });
    const challenge = await browser.visit(page());
    await worker.challengeHandler.handle(challenge);
    expect([worker.log, browser.released]).toEqual([[], [challenge.id]]);
  });

  test('after an unexpected failure, even where the log cannot be written', async () => {
    const cause = new TypeError('an unplanned failure');
    const unusable = new Fault('fault_storageUnusable');
    const reported = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      restart({ handler: { context: () => Promise.reject(cause), log: () => Promise.reject(unusable) } });
      const challenge = await browser.visit(page());
      await worker.challengeHandler.handle(challenge);
      expect(browser.released).toEqual([challenge.id]);
      expect(reported.mock.calls).toEqual([[cause], [unusable]]);
    } finally {
      reported.mockRestore();
    }
  });

  test('in a burst of 200: 20 questions wait, the rest is released', async () => {
    const { header, url } = await browser.visit(page());
    const burst = Array.from({ length: 200 }, (_, frameId) =>
      browser.show(challengeOf({ url, header, frameId })),
    );
    const allHandled = burst.map((challenge) => worker.challengeHandler.handle(challenge));
    await expect.poll(() => browser.released.length).toBe(180);
    expect(worker.approvals.list()).toHaveLength(20);
    worker.approvals.lapse(() => true);
    await Promise.all(allHandled);
    expect(browser.released).toHaveLength(200);
    expect(await payments()).toEqual([]);
  });
});

describe('the money for a question', () => {
  /** What was gathered, and how often it was let go. */
  function gathering() {
    const gathered: bigint[] = [];
    const done = vi.fn();
    restart({
      handler: {
        gatherFor: async (_, { amount }) => {
          gathered.push(amount);
          return { account: account.address, done };
        },
      },
    });
    return { gathered, done };
  }

  test.each(['front', 'beside'] as const)(
    'is moved together while it is asked about a page in view (%s), and let go with the answer',
    async (view) => {
      const { gathered, done } = gathering();
      const challenge = await browser.visit(page());
      const handled = worker.challengeHandler.handle({ ...challenge, view });
      await expect.poll(() => gathered.length).toBe(1);
      expect(done).not.toHaveBeenCalled();
      const [question] = worker.approvals.list();
      expect(gathered).toEqual([question?.offer.amount]);
      worker.approvals.answer(question?.id ?? '', { kind: 'decline' });
      await handled;
      expect(done).toHaveBeenCalledTimes(1);
    },
  );

  test('is not moved for a page that is hidden', async () => {
    const { gathered } = gathering();
    const challenge = await browser.visit(page());
    await handleAndAnswer({ ...challenge, view: 'hidden' }, { kind: 'decline' });
    expect(gathered).toEqual([]);
  });

  test('that cannot be moved does not end the question', async () => {
    restart({ handler: { gatherFor: () => Promise.reject(new Fault('fault_nodeUnreachable')) } });
    const challenge = await browser.visit(page());
    await handleAndAnswer({ ...challenge, view: 'front' }, { kind: 'decline' });
    expect(worker.log).toContainEqual({ challenge: challenge.id, key: 'refusal_DECLINED', args: [] });
  });
});
