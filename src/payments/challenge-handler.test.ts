import { describe, expect, test } from 'vitest';
import { publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { calendarDay } from '../policy/spending-windows.ts';
import { siteOf } from '../site.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import type { UserDecision } from './approval-queue.ts';
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
  statusOf,
  worker,
  XNO,
} from './challenge-handler.fixture.ts';
import { challengeOf, SHOP } from './samples.fixture.ts';
import { allowAll, startWorker } from './worker.fixture.ts';

setUp();

describe('a payable challenge', () => {
  test.each(['nanoSession', 'nanoSignature'])(
    'of %s is asked about once, paid once, and served',
    async (mechanism) => {
      const challenge = await browser.visit(page('/article', `&mechanism=${mechanism}`));
      await handleAndAnswer(challenge, { kind: 'once' });
      expect(statusOf(challenge)).toBe(200);
      const [payment] = await payments();
      expect(account.sends()).toMatchObject([
        {
          amount: payment?.intent.amount,
          block: { link: publicKeyOf(payment?.intent.offer.payTo ?? STRANGER) },
        },
      ]);
      expect(payment?.story.map(({ state }) => state)).toEqual([
        'approved',
        'signed',
        'published',
        'confirmed',
        'proven',
        'delivered',
        'settled',
      ]);
      expect(worker.asked).toMatchObject([{ reason: 'reason_newSite', challenge }]);
      expect(browser.released).toEqual([]);
    },
  );

  test('is paid without asking after the user set a budget in an earlier answer', async () => {
    const perDay = XNO as Raw;
    await handleAndAnswer(await browser.visit(page()), { kind: 'budget', perPayment: perDay, perDay });
    const next = await browser.visit(page('/bare'));
    await worker.challengeHandler.handle(next);
    expect(statusOf(next)).toBe(200);
    expect(worker.asked).toHaveLength(1);
    expect(account.sends()).toHaveLength(2);
  });

  test.each([
    { answer: { kind: 'budget', perPayment: XNO as Raw, perDay: XNO as Raw }, status: 200 },
    { answer: { kind: 'never', site: SHOP }, status: undefined },
  ] satisfies { answer: UserDecision; status: number | undefined }[])(
    'of a private window leaves no trace of the answer $answer.kind on the disk',
    async ({ answer, status }) => {
      const challenge = await browser.visit(page(), { isPrivate: true });
      await handleAndAnswer(challenge, answer);
      expect(statusOf(challenge)).toBe(status);
      expect(await account.database.getAll('budgets')).toEqual([]);
      expect(await account.database.getAll('blocked')).toEqual([]);
    },
  );

  test('beside nineteen others is paid once, and the chain has no fork', async () => {
    const url = page('/api/data');
    await allowAll(account, url);
    const byScript = { kind: 'xmlhttprequest', documentId: 'one', initiator: merchant.origin } as const;
    const challenges = await Promise.all(Array.from({ length: 20 }, () => browser.visit(url, byScript)));
    await Promise.all(challenges.map((challenge) => worker.challengeHandler.handle(challenge)));
    expect(challenges.map(statusOf)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(account.sends()).toHaveLength(20);
    expect(new Set(browser.proofs).size).toBe(20);
  });

  test('beside nine others never overspends a budget', async () => {
    // A tag of at most 10⁷ raw is added to the price of each.
    const [price, mostTag] = [10n ** 10n, 10n ** 7n];
    const limit = 3n * (price + mostTag);
    const url = page('/api/data', `&price=${price}`);
    const tabs = Array.from({ length: 10 }, (_, tabId) => tabId);
    const challenges = await Promise.all(tabs.map((tabId) => browser.visit(url, { tabId })));
    // The budget allows three, whatever their tags.
    await allowAll(account, url, limit);
    const allHandled = challenges.map((challenge) => worker.challengeHandler.handle(challenge));
    await expect.poll(() => worker.approvals.list().length + browser.answers.size).toBe(10);
    const reasons = worker.approvals.list().map(({ reason }) => reason);
    expect(reasons).toEqual(Array(7).fill('reason_overDay'));
    const spent = await worker.budgets.spentOn(account.network.id, siteOf(url), calendarDay(Date.now()));
    expect(spent).toBeLessThanOrEqual(limit);
    expect(account.sends().reduce((sum, { amount }) => sum + amount, 0n)).toBe(spent);
    worker.approvals.lapse(() => true);
    await Promise.all(allHandled);
  });
});

describe('at most one payment (invariant 1)', () => {
  test('a challenge that is announced twice is handled once', async () => {
    const challenge = await browser.visit(page());
    const allHandled = [worker.challengeHandler.handle(challenge), worker.challengeHandler.handle(challenge)];
    await expect.poll(() => worker.approvals.list().length).toBe(1);
    worker.approvals.answer(challenge.id, { kind: 'once' });
    await Promise.all([...allHandled, worker.challengeHandler.handle(challenge)]);
    expect(worker.asked).toHaveLength(1);
    expect(account.sends()).toHaveLength(1);
    expect(browser.released).toEqual([]);
  });

  test('a challenge that is announced again after its end pays and delivers nothing', async () => {
    const url = page();
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await worker.challengeHandler.handle(challenge);
    browser.show(challenge);
    await worker.challengeHandler.handle(challenge);
    await startWorker(account, browser).challengeHandler.handle(browser.show(challenge));
    expect(account.sends()).toHaveLength(1);
    expect(browser.proofs).toHaveLength(1);
    expect(worker.log.map(({ key }) => key)).toEqual(['refusal_ALREADY_PAID']);
  });

  test('a session that is offered to eight pages at once is paid once', async () => {
    const url = page();
    await allowAll(account, url);
    const { header } = await browser.visit(url);
    const challenges = Array.from({ length: 8 }, (_, tabId) =>
      browser.show(challengeOf({ url, header, tabId })),
    );
    await Promise.all(challenges.map((challenge) => worker.challengeHandler.handle(challenge)));
    expect(account.sends()).toHaveLength(1);
    expect(browser.proofs).toHaveLength(1);
    expect(challenges.map(statusOf).filter((status) => status === 200)).toHaveLength(1);
    expect(browser.released).toHaveLength(7);
  });

  test('a question is answered once, and its answer pays once', async () => {
    const challenge = await browser.visit(page());
    await handleAndAnswer(challenge, { kind: 'once' });
    expect(() => worker.approvals.answer(challenge.id, { kind: 'once' })).toThrow('fault_approvalGone');
    expect(account.sends()).toHaveLength(1);
  });
});

describe('a budget that is set with one of several questions of a site', () => {
  test('pays the others that it allows, and the rest is asked about with the new reason', async () => {
    const [first, second] = [await browser.visit(page()), await browser.visit(page('/bare'), { tabId: 2 })];
    const dear = await browser.visit(page('/api/data', `&price=${2n * XNO}`), { tabId: 3 });
    const allHandled = [first, second, dear].map((challenge) => worker.challengeHandler.handle(challenge));
    await expect.poll(() => worker.approvals.list().length).toBe(3);
    worker.approvals.answer(first.id, { kind: 'budget', perPayment: XNO as Raw, perDay: XNO as Raw });
    await Promise.all(allHandled.slice(0, 2));
    expect([first, second].map(statusOf)).toEqual([200, 200]);
    await expect
      .poll(() => worker.approvals.list().map(({ id, reason }) => [id, reason]))
      .toEqual([[dear.id, 'reason_overPayment']]);
    expect((await payments()).map(({ intent }) => intent.approval).toSorted()).toEqual(['budget', 'once']);
    worker.approvals.answer(dear.id, { kind: 'decline' });
    await allHandled[2];
  });
});

describe('a budget that changed since the decision', () => {
  test.each([
    ['is paused', 'reason_paused', () => pauseBudget()],
    ['is gone', 'reason_newSite', (url: string) => worker.budgets.remove(account.network.id, siteOf(url))],
  ])('%s: the user is asked, with the reason', async (_, reason, change) => {
    const url = page();
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    let looked = false;
    // The budget changes between decision and reservation, when the page is asked whether it still waits.
    const waits = async (one: typeof challenge) => {
      if (!looked) await change(url);
      looked = true;
      return browser.waits(one);
    };
    restart({ handler: { waits } });
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(() => worker.asked.map(({ reason }) => reason)).toEqual([reason]);
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
    expect(await payments()).toEqual([]);
  });

  test('does not pay while all payments are paused', async () => {
    const url = page();
    await allowAll(account, url);
    let looks = 0;
    restart({ handler: { context: async () => contextWith({ paused: looks++ > 0 }) } });
    const handled = worker.challengeHandler.handle(await browser.visit(url));
    await expect.poll(() => worker.asked.map(({ reason }) => reason)).toEqual(['reason_paused']);
    worker.approvals.lapse(() => true);
    await handled;
    expect(await payments()).toEqual([]);
  });

  async function pauseBudget(): Promise<void> {
    const site = siteOf(merchant.origin);
    const budget = await worker.budgets.read(account.network.id, site);
    if (budget !== null) await worker.budgets.save({ ...budget, paused: true });
  }
});
