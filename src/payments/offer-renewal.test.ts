/** Offers that would expire before the content is delivered. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Challenge } from '../interception/challenge.ts';
import {
  account,
  browser,
  devnet,
  handleAndAnswer,
  merchant,
  page,
  restart,
  script,
  setUp,
  states,
  statusOf,
  withLife,
  worker,
} from './challenge-handler.fixture.ts';
import { requiredIn } from './samples.fixture.ts';
import { RENEWABLE_FOR } from './stages/ask.ts';
import { allowAll, type WorkerOptions } from './worker.fixture.ts';

setUp();

describe('an offer that would expire before delivery is renewed', () => {
  test('within a budget: the fresh one is paid once, and the page is served', async () => {
    const url = page('/article', '&first-expiry=9');
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await worker.challengeHandler.handle(challenge);
    expect(statusOf(challenge)).toBe(200);
    expect(browser.renewed).toEqual([challenge.id]);
    expect(await states()).toEqual(['settled']);
    expect(worker.asked).toEqual([]);
    expect(account.sends()).toHaveLength(1);
  });

  test('without a budget: the user is asked about the fresh one', async () => {
    const challenge = await browser.visit(page('/article', '&first-expiry=9'));
    await handleAndAnswer(challenge, { kind: 'once' });
    expect(statusOf(challenge)).toBe(200);
    expect(worker.asked).toMatchObject([{ reason: 'reason_newSite' }]);
    const [question] = worker.asked;
    expect((question?.offer.expiresAt ?? 0) - Date.now()).toBeGreaterThan(60_000);
  });

  test.each([
    ['a script', { kind: 'xmlhttprequest' }],
    ['an image', { kind: 'image' }],
    ['a frame', { kind: 'sub_frame' }],
    ['a document that its page opened by itself', { startedBy: 'page' }],
    ['a document that an extension opened', { startedBy: 'outside' }],
    ['a document that the browser loads again', { startedBy: 'browser' }],
  ] as const)('but not for %s, where it was too short from the start', async (_, parts) => {
    const challenge = await browser.visit(page('/article', '&first-expiry=9'), {
      initiator: merchant.origin,
      ...parts,
    });
    await worker.challengeHandler.handle(challenge);
    expect(browser.renewed).toEqual([]);
    expect(worker.log.map(({ key }) => key)).toEqual(['refusal_EXPIRES_TOO_SOON']);
    expect(browser.released).toEqual([challenge.id]);
  });

  test('but not while an answer can still be confirmed and delivered: 19 s after an offer of 30 s', async () => {
    const start = Date.now();
    let ahead = 0;
    restart({ now: () => start + ahead, elapsed: () => 0 });
    const challenge = await browser.visit(page('/article', '&first-expiry=30'), { seenAt: start });
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(() => worker.approvals.list().length).toBe(1);
    ahead = 19_000;
    worker.approvals.answer(challenge.id, { kind: 'once' });
    await handled;
    expect(statusOf(challenge)).toBe(200);
    expect(browser.renewed).toEqual([]);
  });

  test('when it came too close to its expiry while the user was asked', async () => {
    let ahead = 0;
    restart({ now: () => Date.now() + ahead });
    const challenge = await browser.visit(page('/article', '&first-expiry=60'));
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(() => worker.approvals.list().length).toBe(1);
    ahead = 50_500;
    worker.approvals.answer(challenge.id, { kind: 'once' });
    await expect.poll(() => worker.asked.length).toBe(2);
    worker.approvals.answer(challenge.id, { kind: 'once' });
    await handled;
    expect(statusOf(challenge)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test('when it expired before its block was signed: the question says that nothing was spent', async () => {
    let ahead = 0;
    restart({ now: () => Date.now() + ahead });
    const pay = worker.runner.run.bind(worker.runner);
    vi.spyOn(worker.runner, 'run').mockImplementationOnce((id) => {
      ahead = 60_000;
      return pay(id);
    });
    const challenge = await browser.visit(page('/article', '&first-expiry=60'));
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(() => worker.approvals.list().length).toBe(1);
    worker.approvals.answer(challenge.id, { kind: 'once' });
    await expect
      .poll(() => worker.asked.map(({ reason }) => reason))
      .toEqual(['reason_newSite', 'reason_ranOut']);
    expect(account.sends()).toEqual([]);
    worker.approvals.answer(challenge.id, { kind: 'once' });
    await handled;
    expect(statusOf(challenge)).toBe(200);
    expect((await states()).toSorted()).toEqual(['abandoned', 'settled']);
    expect(account.sends()).toHaveLength(1);
    expect(browser.renewed).toEqual([challenge.id]);
    // A restarted worker that handles the challenge again finds the settled payment.
    expect(await account.journal.forChallenge(challenge.id)).toMatchObject({
      progress: { state: 'settled' },
    });
  });

  test('when no node took its block in time: the block is recalled first', async () => {
    let ahead = 0;
    restart({ now: () => Date.now() + ahead });
    devnet.faults.set({ kind: 'drop_request', action: 'process' });
    const url = page('/article', '&first-expiry=60');
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await worker.challengeHandler.handle(challenge);
    expect(await states()).toEqual(['signed']);
    ahead = 60_000;
    devnet.faults.clear();
    const again = browser.show({ ...challenge, id: crypto.randomUUID() });
    await worker.challengeHandler.handle(again);
    expect(statusOf(again)).toBe(200);
    expect((await states()).toSorted()).toEqual(['revoked', 'settled']);
    expect(
      account
        .blocks()
        .map(({ subtype }) => subtype)
        .slice(1),
    ).toEqual(['change', 'send']);
  });
});

describe('a question whose price ran out', () => {
  /**
   * Visits the shop with an offer that can be answered for 50 ms; resolves once its price has run out. The clocks stand
   * still, so that it has not run out before it is asked about.
   */
  async function ranOut(parts: Partial<Challenge> = {}, handler: WorkerOptions['handler'] = {}) {
    const seenAt = Date.now();
    restart({ now: () => seenAt, elapsed: () => 0, handler });
    const seen = await browser.visit(page(), { ...parts, seenAt });
    const challenge = { ...seen, header: withLife(requiredIn(seen), 10.05) };
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(() => worker.approvals.hasRunOut(challenge.id)).toBe(true);
    return { challenge, handled, header: seen.header };
  }

  test('pays nothing any more, and is asked again with a fresh price where the user wants it', async () => {
    const { challenge, handled } = await ranOut();
    expect(() => worker.approvals.answer(challenge.id, { kind: 'once' })).toThrow('fault_offerExpired');
    expect(browser.renewed).toEqual([]);
    worker.approvals.answer(challenge.id, { kind: 'renew' });
    await expect.poll(() => worker.asked.length).toBe(2);
    expect(browser.renewed).toEqual([challenge.id]);
    expect((worker.asked[1]?.offer.expiresAt ?? 0) - Date.now()).toBeGreaterThan(60_000);
    expect(() => worker.approvals.answer(challenge.id, { kind: 'renew' })).toThrow('fault_badMessage');
    worker.approvals.answer(challenge.id, { kind: 'once' });
    await handled;
    expect(statusOf(challenge)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test('can be declined', async () => {
    const { challenge, handled } = await ranOut();
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
    expect(worker.log.map(({ key }) => key)).toEqual(['refusal_DECLINED']);
  });

  /** The minutes that were waited for, each as what ends it. */
  function minutes() {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => timers.mockRestore());
    expect(RENEWABLE_FOR).toBe(60_000);
    return () => timers.mock.calls.filter(([, ms]) => ms === RENEWABLE_FOR).map(([end]) => end);
  }

  test('gives the page its 402 after a minute', async () => {
    const begun = minutes();
    const { challenge, handled } = await ranOut();
    await expect.poll(() => begun().length).toBe(1);
    expect(browser.released).toEqual([]);
    begun()[0]?.();
    await handled;
    expect(browser.released).toEqual([challenge.id]);
    expect(worker.log.map(({ key }) => key)).toEqual(['refusal_LAPSED']);
  });

  test('stays open while its tab is in the background, and for a minute after its user has come to it', async () => {
    let isFront = false;
    const begun = minutes();
    const { challenge, handled } = await ranOut({}, { isInFront: async () => isFront });
    for (const count of [1, 2]) {
      await expect.poll(() => begun().length).toBe(count);
      isFront = count === 2;
      begun()[count - 1]?.();
    }
    await expect.poll(() => begun().length).toBe(3);
    expect(browser.released).toEqual([]);
    expect(worker.approvals.hasRunOut(challenge.id)).toBe(true);
    begun()[2]?.();
    await handled;
    expect(browser.released).toEqual([challenge.id]);
  });

  describe('while no worker lived', () => {
    /** Asks about an offer that lives for a minute; its worker is killed, and the next one starts a minute later. */
    async function askedBefore(parts: Partial<Challenge> = {}, later = 61_000) {
      restart({});
      const challenge = await browser.visit(page('/article', '&first-expiry=60'), parts);
      void worker.challengeHandler.handle(challenge);
      await expect.poll(() => worker.approvals.list().length).toBe(1);
      restart({ now: () => Date.now() + later });
      return { challenge, handled: worker.challengeHandler.handle(challenge) };
    }

    test.each([
      ['after its offer expired', () => ({}), 61_000],
      ['when its offer is too old to be paid', () => ({}), 55_000],
      ['for a script that is held', script, 61_000],
    ])('is shown again as run out %s, with its reason, and no server is asked', async (_, parts, later) => {
      const { challenge, handled } = await askedBefore(parts(), later);
      await expect.poll(() => worker.approvals.hasRunOut(challenge.id)).toBe(true);
      expect(worker.asked).toMatchObject([{ reason: 'reason_newSite' }]);
      expect(browser.renewed).toEqual([]);
      expect(() => worker.approvals.answer(challenge.id, { kind: 'once' })).toThrow('fault_offerExpired');
      worker.approvals.answer(challenge.id, { kind: 'renew' });
      await expect.poll(() => worker.asked.length).toBe(2);
      worker.approvals.answer(challenge.id, { kind: 'decline' });
      await handled;
      expect(browser.kept.size).toBe(0);
      expect(account.sends()).toEqual([]);
    });

    test('is gone where no fresh price can be asked for, or its user has left', async () => {
      const { handled } = await askedBefore({ isPrivate: true });
      await handled;
      expect(worker.asked).toEqual([]);
      const { challenge } = await askedBefore();
      await expect.poll(() => worker.approvals.list().length).toBe(1);
      const next = restart({});
      await next.challengeHandler.withdraw(challenge);
      expect(browser.kept.size).toBe(0);
    });

    test('is no question where it was not asked before', async () => {
      const challenge = await browser.visit(page('/article', '&first-expiry=60'), script());
      restart({ now: () => Date.now() + 61_000 });
      await worker.challengeHandler.handle(challenge);
      expect(worker.asked).toEqual([]);
      expect(browser.released).toEqual([challenge.id]);
    });
  });

  test('gives the page its 402 where the server has no fresh price', async () => {
    const { challenge, handled } = await ranOut({}, { freshOffer: async () => null });
    worker.approvals.answer(challenge.id, { kind: 'renew' });
    await handled;
    expect(browser.released).toEqual([challenge.id]);
    expect(worker.log.map(({ key }) => key)).toEqual(['fault_offerExpired']);
  });

  test('is kept apart from the same request with a price that can be paid', async () => {
    const { challenge, handled, header } = await ranOut(script());
    const again = browser.show({ ...challenge, header, id: crypto.randomUUID() });
    const handledAgain = worker.challengeHandler.handle(again);
    await expect.poll(() => worker.approvals.list().length).toBe(2);
    worker.approvals.answer(again.id, { kind: 'once' });
    await handledAgain;
    expect(statusOf(again)).toBe(200);
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
    expect(account.sends()).toHaveLength(1);
  });
});

test('a price that ran out while its user was asked is not paid, though the clock of this machine was set back meanwhile', async () => {
  let [setBack, passed] = [0, 0];
  restart({ now: () => Date.now() - setBack, elapsed: () => performance.now() + passed });
  const challenge = await browser.visit(page());
  const handled = worker.challengeHandler.handle(challenge);
  await expect.poll(() => worker.asked).toHaveLength(1);
  [setBack, passed] = [600_000, 175_000];
  worker.approvals.answer(challenge.id, { kind: 'once' });
  await expect.poll(() => worker.asked).toHaveLength(2);
  expect(await states()).toEqual([]);
  expect(browser.renewed).toEqual([challenge.id]);
  worker.approvals.answer(challenge.id, { kind: 'decline' });
  await handled;
  expect(account.sends()).toEqual([]);
});
