import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import { PAID_MARKER } from '../../test/merchant/pages/layout.ts';
import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import { publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { nodeAt } from '../nano/nodes.fixture.ts';
import { calendarDay } from '../policy/spending-windows.ts';
import { siteOf } from '../site.ts';
import { type Account, accountWith, STRANGER, workOver } from '../wallet/account.fixture.ts';
import type { WorkEngine } from '../work/engine.ts';
import type { UserDecision } from './approval-queue.ts';
import type { PayerContext } from './challenge-handler-ports.ts';
import type { Payment } from './payment.ts';
import { wholeOf } from './private-record.ts';
import { challengeOf, SHOP } from './samples.fixture.ts';
import { allowAll, Browser, type LifeOptions, lifeOf } from './shop.fixture.ts';

const XNO = 10n ** 30n;
/** Stands for the merchant's origin, which is known once it runs. */
const OWN = 'own';
let devnet: Devnet;
let merchant: Merchant;
let account: Account;
let browser: Browser;
let life: ReturnType<typeof lifeOf>;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
  merchant = await startMerchant({ network: devnet.profile, patience: { attempts: 300, intervalMs: 5 } });
});
afterAll(async () => {
  await merchant?.close();
  await devnet?.close();
});
beforeEach(async () => {
  devnet.faults.clear();
  account = await accountWith(devnet, XNO);
  browser = new Browser();
  life = lifeOf(account, browser);
});

const begin = (options: LifeOptions) => {
  life = lifeOf(account, browser, options);
  return life;
};
const page = (path = '/article', query = '') =>
  `${merchant.origin}${path}?visit=${crypto.randomUUID()}${query}`;
const payments = async (): Promise<readonly Payment[]> =>
  (await account.database.getAll('payments')).map(({ payment }) => wholeOf(payment));
const states = async () => (await payments()).map(({ progress }) => progress.state);
const statusOf = ({ id }: { readonly id: string }) => browser.answers.get(id)?.status;
const standing = (parts: Partial<PayerContext>): PayerContext => ({
  network: { id: account.network.id, testMoney: true },
  paused: false,
  preference: [],
  ...parts,
});

/** Meets a challenge, waits until the user is asked, and answers. */
async function meetAndAnswer(challenge: ReturnType<typeof challengeOf>, answer: UserDecision): Promise<void> {
  const meeting = life.cashier.handle(challenge);
  await expect.poll(() => life.approvals.list().map(({ id }) => id)).toContain(challenge.id);
  life.approvals.answer(challenge.id, answer);
  await meeting;
}

describe('the main job', () => {
  test.each(['nanoSession', 'nanoSignature'])(
    '%s: asked once, paid once, and the page is served',
    async (mechanism) => {
      const challenge = await browser.visit(page('/article', `&mechanism=${mechanism}`));
      await meetAndAnswer(challenge, { kind: 'once' });
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
      expect(life.asked).toMatchObject([{ reason: 'reason_newSite', challenge }]);
      expect(browser.released).toEqual([]);
    },
  );

  test('with a budget set on the way, the next one is paid without asking', async () => {
    const perDay = XNO as Raw;
    await meetAndAnswer(await browser.visit(page()), { kind: 'budget', perPayment: perDay, perDay });
    const next = await browser.visit(page('/bare'));
    await life.cashier.handle(next);
    expect(statusOf(next)).toBe(200);
    expect(life.asked).toHaveLength(1);
    expect(account.sends()).toHaveLength(2);
  });

  test.each([
    { answer: { kind: 'budget', perPayment: XNO as Raw, perDay: XNO as Raw }, status: 200 },
    { answer: { kind: 'never', site: SHOP }, status: undefined },
  ] satisfies { answer: UserDecision; status: number | undefined }[])(
    'the answer $answer.kind to a question of a private window is written down nowhere',
    async ({ answer, status }) => {
      const challenge = await browser.visit(page(), { isPrivate: true });
      await meetAndAnswer(challenge, answer);
      expect(statusOf(challenge)).toBe(status);
      expect(await account.database.getAll('budgets')).toEqual([]);
      expect(await account.database.getAll('blocked')).toEqual([]);
    },
  );

  test('twenty at once are each paid once, in one unbroken chain', async () => {
    const url = page('/api/data');
    await allowAll(account, url);
    const byScript = { kind: 'xmlhttprequest', documentId: 'one', initiator: merchant.origin } as const;
    const challenges = await Promise.all(Array.from({ length: 20 }, () => browser.visit(url, byScript)));
    await Promise.all(challenges.map((challenge) => life.cashier.handle(challenge)));
    expect(challenges.map(statusOf)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(account.sends()).toHaveLength(20);
    expect(new Set(browser.proofs).size).toBe(20);
  });

  test('a budget is never overspent by what comes at once', async () => {
    const url = page('/api/data', '&price=1000');
    const tabs = Array.from({ length: 10 }, (_, tabId) => tabId);
    const challenges = await Promise.all(tabs.map((tabId) => browser.visit(url, { tabId })));
    // Room for three, whatever their tags.
    await allowAll(account, url, 3n * 10_001_000n);
    const meetings = challenges.map((challenge) => life.cashier.handle(challenge));
    await expect.poll(() => life.approvals.list().length + browser.answers.size).toBe(10);
    const reasons = life.approvals.list().map(({ reason }) => reason);
    expect(new Set(reasons)).toEqual(new Set(['reason_overDay']));
    const spent = await life.budgets.spentOn(account.network.id, siteOf(url), calendarDay(Date.now()));
    expect(spent).toBeLessThanOrEqual(3n * 10_001_000n);
    expect(account.sends().reduce((sum, { amount }) => sum + amount, 0n)).toBe(spent);
    life.approvals.lapse(() => true);
    await Promise.all(meetings);
  });
});

describe('once (invariant 1)', () => {
  test('a challenge announced twice is met once', async () => {
    const challenge = await browser.visit(page());
    const meetings = [life.cashier.handle(challenge), life.cashier.handle(challenge)];
    await expect.poll(() => life.approvals.list().length).toBe(1);
    life.approvals.answer(challenge.id, { kind: 'once' });
    await Promise.all([...meetings, life.cashier.handle(challenge)]);
    expect(life.asked).toHaveLength(1);
    expect(account.sends()).toHaveLength(1);
    expect(browser.released).toEqual([]);
  });

  test('a challenge that comes again after its end pays and delivers nothing', async () => {
    const url = page();
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await life.cashier.handle(challenge);
    browser.show(challenge);
    await life.cashier.handle(challenge);
    await lifeOf(account, browser).cashier.handle(browser.show(challenge));
    expect(account.sends()).toHaveLength(1);
    expect(browser.proofs).toHaveLength(1);
    expect(life.log.map(({ key }) => key)).toEqual(['refusal_ALREADY_PAID']);
  });

  test('the same session shown to many pages at once is paid once', async () => {
    const url = page();
    await allowAll(account, url);
    const { header } = await browser.visit(url);
    const challenges = Array.from({ length: 8 }, (_, tabId) =>
      browser.show(challengeOf({ url, header, tabId })),
    );
    await Promise.all(challenges.map((challenge) => life.cashier.handle(challenge)));
    expect(account.sends()).toHaveLength(1);
    expect(browser.proofs).toHaveLength(1);
    expect(challenges.map(statusOf).filter((status) => status === 200)).toHaveLength(1);
    expect(browser.released).toHaveLength(7);
  });

  test('a question is answered once, and its answer pays once', async () => {
    const challenge = await browser.visit(page());
    await meetAndAnswer(challenge, { kind: 'once' });
    expect(() => life.approvals.answer(challenge.id, { kind: 'once' })).toThrow('fault_approvalGone');
    expect(account.sends()).toHaveLength(1);
  });
});

describe('a kept proof', () => {
  /** A payment whose answer was lost on the way. */
  async function unanswered(): Promise<string> {
    const url = page('/loses-answer');
    await allowAll(account, url);
    await life.cashier.handle(await browser.visit(url));
    expect(await states()).toEqual(['unanswered']);
    return url;
  }

  test('goes out again instead of a second payment, in another life too', async () => {
    const url = await unanswered();
    const again = await browser.visit(url);
    await begin({}).cashier.handle(again);
    expect(statusOf(again)).toBe(200);
    expect(await states()).toEqual(['settled']);
    expect(new Set(browser.proofs).size).toBe(1);
    expect(browser.proofs).toHaveLength(2);
    expect(account.sends()).toHaveLength(1);
  });

  test('goes out again where the answer broke off, and what it bought before is no question', async () => {
    const url = page('/breaks-off');
    await allowAll(account, url);
    await life.cashier.handle(await browser.visit(url));
    expect(await states()).toEqual(['unanswered']);
    const again = await browser.visit(url);
    await begin({}).cashier.handle(again);
    expect(browser.answers.get(again.id)?.text).toContain(PAID_MARKER);
    expect(await states()).toEqual(['settled']);
    expect(account.sends()).toHaveLength(1);
  });

  test('is not for another request of the same site', async () => {
    const url = await unanswered();
    const [proof] = browser.proofs;
    const other = await browser.visit(`${url}&other`);
    await life.cashier.handle(other);
    expect(browser.proofs.at(-1)).not.toBe(proof);
    expect(account.sends()).toHaveLength(2);
  });

  test('is not for another site that shows the same session (invariant 5)', async () => {
    const url = page('/loses-answer');
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await life.cashier.handle(challenge);
    const [proof] = browser.proofs;
    // A thief on another origin shows the very header: its resource is its own, the session the shop's.
    const thief = url.replace('127.0.0.1', 'localhost');
    const theirs = Buffer.from(challenge.header, 'base64').toString().replaceAll('127.0.0.1', 'localhost');
    const header = Buffer.from(theirs).toString('base64');
    await meetAndAnswer(browser.show(challengeOf({ url: thief, header })), { kind: 'once' });
    expect(browser.proofs).toEqual([proof]);
    expect(account.sends()).toHaveLength(1);
    expect(life.log.at(-1)?.key).toBe('refusal_ALREADY_PAID');
  });

  test('of one payee leaves the same session id of another payee to be paid (invariant 1)', async () => {
    const url = page('/loses-answer');
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await life.cashier.handle(challenge);
    const [first] = await payments();
    const theirs = Buffer.from(challenge.header, 'base64')
      .toString()
      .replaceAll('127.0.0.1', 'localhost')
      .replaceAll(first?.intent.offer.payTo ?? '', STRANGER);
    const header = Buffer.from(theirs).toString('base64');
    const other = browser.show(challengeOf({ url: url.replace('127.0.0.1', 'localhost'), header }));
    await meetAndAnswer(other, { kind: 'once' });
    expect((await payments()).map(({ intent }) => intent.offer.payTo)).toEqual(
      expect.arrayContaining([first?.intent.offer.payTo, STRANGER]),
    );
    expect(account.sends()).toHaveLength(2);
  });

  test('is not for the same request on another network', async () => {
    const url = await unanswered();
    const again = await browser.visit(url);
    const abroad = standing({ network: { id: 'nano:other', testMoney: true } });
    await begin({ cashier: { context: async () => abroad } }).cashier.handle(again);
    expect(browser.proofs).toHaveLength(1);
    expect(life.log.at(-1)?.key).toBe('refusal_UNSUPPORTED_NETWORK');
  });

  test('refused for good, it stays, the fresh offer is not paid, and only the user sends it again', async () => {
    const url = page('/always-refuses');
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await life.cashier.handle(challenge);
    const [refused] = await payments();
    expect(refused?.progress).toMatchObject({
      state: 'refused',
      final: true,
      said: 'Payment received, content withheld',
    });

    const next = await browser.visit(url);
    const meeting = life.cashier.handle(next);
    await expect.poll(() => life.asked.map(({ reason }) => reason)).toEqual(['reason_undeliveredBefore']);
    life.approvals.answer(next.id, { kind: 'decline' });
    await meeting;
    expect(account.sends()).toHaveLength(1);

    if (refused === undefined) throw new Error('paid above');
    await life.handover.requestRedelivery(refused.intent.id);
    await life.cashier.handle(await browser.visit(url));
    expect(browser.proofs).toHaveLength(2);
    expect(new Set(browser.proofs).size).toBe(1);
    expect(account.sends()).toHaveLength(1);
  });

  const evil = 'https://evil.example';
  const byEvil = { kind: 'xmlhttprequest', documentId: 'evil', initiator: evil, topOrigin: evil } as const;
  const foreign: [string, Partial<Challenge>][] = [
    ['a fetch of another site', byEvil],
    ['a hidden frame on another site', { kind: 'sub_frame', frameId: 5, initiator: evil, topOrigin: evil }],
    ['a frame of its own site on another site', { ...byEvil, initiator: OWN, ancestors: [evil] }],
    ['a link of another site', { initiator: evil }],
    ['a redirect of another site', { redirectedBy: evil }],
    ['a private window', { isPrivate: true }],
  ];
  test.each(foreign)(
    'is not for %s, which is asked about as a new purchase (invariant 11)',
    async (_, parts) => {
      const url = await unanswered();
      const initiator = parts.initiator === OWN ? { initiator: merchant.origin } : {};
      const stranger = await browser.visit(url, { ...parts, ...initiator });
      const meeting = begin({}).cashier.handle(stranger);
      await expect.poll(() => life.asked.map(({ reason }) => reason)).toEqual(['reason_undeliveredBefore']);
      life.approvals.answer(stranger.id, { kind: 'decline' });
      await meeting;
      expect(browser.proofs).toHaveLength(1);
      expect(account.sends()).toHaveLength(1);

      // The user, who comes back, still gets what was paid.
      const own = await browser.visit(url);
      await life.cashier.handle(own);
      expect(statusOf(own)).toBe(200);
      expect(account.sends()).toHaveLength(1);
    },
  );

  test('that the user wants delivered again is for no other site either', async () => {
    const url = await unanswered();
    const [payment] = await payments();
    if (payment === undefined) throw new Error('paid above');
    await life.handover.requestRedelivery(payment.intent.id);
    const stranger = await browser.visit(url, byEvil);
    const meeting = life.cashier.handle(stranger);
    await expect.poll(() => life.asked).toMatchObject([{ reason: 'reason_undeliveredBefore' }]);
    life.approvals.answer(stranger.id, { kind: 'decline' });
    await meeting;
    expect(browser.proofs).toHaveLength(1);

    const own = await browser.visit(url);
    await life.cashier.handle(own);
    expect(statusOf(own)).toBe(200);
  });

  test('of what is settled, or of nothing, cannot be wanted', async () => {
    const url = page();
    await allowAll(account, url);
    await life.cashier.handle(await browser.visit(url));
    const [settled] = await payments();
    if (settled === undefined) throw new Error('paid above');
    await expect(life.handover.requestRedelivery(settled.intent.id)).rejects.toThrow('fault_paymentOver');
    const unknown = `${settled.intent.id}?` as typeof settled.intent.id;
    await expect(life.handover.requestRedelivery(unknown)).rejects.toThrow('fault_unknownPayment');
  });
});

/** A request of a script on the merchant's own page. */
const script = () =>
  ({ kind: 'xmlhttprequest', documentId: 'document', initiator: merchant.origin }) as const;

describe('a request that its page takes back', () => {
  const takeBack = async (challenge: Challenge) => {
    browser.leave(challenge);
    await life.cashier.withdraw(challenge);
  };
  /** A budget, a slow node, and a payment of a script's request that is reserved and not signed yet. */
  const reserved = async (url: string, parts: Partial<Challenge> = {}) => {
    await allowAll(account, url);
    const challenge = await browser.visit(url, { ...script(), ...parts });
    devnet.faults.set({ kind: 'latency', ms: 500 });
    const meeting = life.cashier.handle(challenge);
    await expect.poll(states).toEqual(['approved']);
    return { challenge, meeting };
  };
  const spent = async (url: string) =>
    (await life.budgets.rulesFor(account.network.id, siteOf(url), Date.now())).allowance.spent.perDay;

  test('before its block is signed is not paid, and the budget has its money back', async () => {
    const url = page();
    const { challenge, meeting } = await reserved(url);
    expect(await spent(url)).toBeGreaterThan(0n);
    await takeBack(challenge);
    await meeting;
    expect(await states()).toEqual(['abandoned']);
    expect(await spent(url)).toBe(0n);
    expect(account.sends()).toEqual([]);
    expect(life.log).toMatchObject([{ challenge: challenge.id, key: 'fault_withdrawn' }]);
  });

  test('while its work is searched for ends the search two seconds later', async () => {
    const endless: WorkEngine = {
      name: 'endless',
      solve: (_, __, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    };
    begin({ purse: { work: workOver(account.database, endless) } });
    const url = page();
    await allowAll(account, url);
    const challenge = await browser.visit(url, script());
    const meeting = life.cashier.handle(challenge);
    await expect.poll(states).toEqual(['approved']);
    await takeBack(challenge);
    await meeting;
    expect(await states()).toEqual(['abandoned']);
    expect(account.sends()).toEqual([]);
  });

  test('and sends again before its block is signed is paid once, and served', async () => {
    const url = page();
    const { challenge, meeting } = await reserved(url);
    await takeBack(challenge);
    const second = await browser.visit(url, script());
    await Promise.all([life.cashier.handle(second), meeting]);
    expect(statusOf(second)).toBe(200);
    expect(await states()).toEqual(['settled']);
    expect(account.sends()).toHaveLength(1);
  });

  test('again and again, as clients do that give up too soon, is paid once, and the last one is served', async () => {
    const url = page();
    const { challenge, meeting } = await reserved(url);
    let last = challenge;
    const meetings = [meeting];
    for (let nth = 0; nth < 5; nth++) {
      await takeBack(last);
      last = await browser.visit(url, script());
      meetings.push(life.cashier.handle(last));
    }
    await Promise.all(meetings);
    expect(statusOf(last)).toBe(200);
    expect(await states()).toEqual(['settled']);
    expect(account.sends()).toHaveLength(1);
  });

  test('after its block went out is paid for, and the proof is kept for the same request', async () => {
    devnet.faults.set({ kind: 'latency', action: 'process', ms: 150 });
    const url = page();
    await allowAll(account, url);
    const first = await browser.visit(url, script());
    const meeting = life.cashier.handle(first);
    await expect.poll(states).toContain('signed');
    await takeBack(first);
    await meeting;
    expect(await states()).toEqual(['unanswered']);
    const second = await browser.visit(url, script());
    await life.cashier.handle(second);
    expect(statusOf(second)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test.each([
    ['at the same price is paid once', '', ['settled']],
    // The merchant takes a proof only at the URL at which its session began, which is another one here.
    ['at another price is another purchase', '&price=2', ['abandoned', 'refused']],
  ])('with a body, and sent again %s', async (_, query, ends) => {
    const url = page('/api/echo');
    const post = { method: 'POST' };
    const { challenge, meeting } = await reserved(url, post);
    await takeBack(challenge);
    const other = await browser.visit(`${url}${query}`, { ...script(), ...post });
    const second = browser.show({ ...other, id: `${other.id} again`, url });
    await Promise.all([life.cashier.handle(second), meeting]);
    expect((await states()).toSorted()).toEqual(ends);
    expect(account.sends()).toHaveLength(1);
  });

  test('is asked about no more, and an answer that comes too late finds nothing', async () => {
    const challenge = await browser.visit(page(), script());
    const meeting = life.cashier.handle(challenge);
    await expect.poll(() => life.approvals.list()).toHaveLength(1);
    await takeBack(challenge);
    expect(life.approvals.list()).toEqual([]);
    expect(() => life.approvals.answer(challenge.id, { kind: 'once' })).toThrow('fault_approvalGone');
    await meeting;
    expect(life.log).toMatchObject([{ key: 'refusal_WITHDRAWN' }]);
    expect(await payments()).toEqual([]);
  });

  test('before anything was decided is told in the log', async () => {
    const challenge = challengeOf(script());
    await life.cashier.withdraw(challenge);
    expect(life.log).toMatchObject([{ challenge: challenge.id, key: 'refusal_WITHDRAWN' }]);
  });
});

describe('requests of one document for the same', () => {
  test('have one question, one payment, and the newest gets what was paid; the others get their own 402', async () => {
    const url = page();
    const requests: Challenge[] = [];
    for (let nth = 0; nth < 4; nth++) requests.push(await browser.visit(url, script()));
    const meetings = requests.map((challenge) => life.cashier.handle(challenge));
    await expect.poll(() => requests.every(({ id }) => life.approvals.isAsked(id))).toBe(true);
    const [question, ...more] = life.approvals.list();
    expect(more).toEqual([]);
    const newest = question?.challenge;
    life.approvals.answer(question?.id ?? '', { kind: 'once' });
    await Promise.all(meetings);
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
    expect(life.log.map(({ key }) => key)).toEqual(Array(3).fill('refusal_SHARED'));
  });

  test('step in for one another when the page takes back the one that is paid for', async () => {
    const url = page();
    const [first, second] = [await browser.visit(url, script()), await browser.visit(url, script())];
    const meetings = [life.cashier.handle(first)];
    await expect.poll(() => life.approvals.isAsked(first.id)).toBe(true);
    meetings.push(life.cashier.handle(second));
    await expect.poll(() => life.approvals.isAsked(second.id)).toBe(true);
    devnet.faults.set({ kind: 'latency', ms: 300 });
    life.approvals.answer(first.id, { kind: 'once' });
    await expect.poll(states).toEqual(['approved']);
    browser.leave(second);
    await life.cashier.withdraw(second);
    await Promise.all(meetings);
    expect(statusOf(first)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });
});

describe('a page that is loaded again', () => {
  test('while it is paid for gets the proof of that payment', async () => {
    devnet.faults.set({ kind: 'latency', action: 'process', ms: 150 });
    const url = page();
    await allowAll(account, url);
    const first = await browser.visit(url);
    const meeting = life.cashier.handle(first);
    await expect.poll(states).toContain('signed');
    browser.leave(first);
    const second = await browser.visit(url);
    await life.cashier.handle(second);
    await meeting;
    expect(statusOf(second)).toBe(200);
    expect(account.sends()).toHaveLength(1);
    expect(browser.released).toEqual([]);
  });

  test.each<[string, Partial<Challenge>]>([
    ['that another site loads in its place', { initiator: 'https://evil.example' }],
    [
      'whose place another site’s page took that fetches the same',
      {
        kind: 'xmlhttprequest',
        documentId: 'evil',
        initiator: 'https://evil.example',
        topOrigin: 'https://evil.example',
      },
    ],
  ])('while it is paid for, %s, gets nothing of that payment', async (_, parts) => {
    devnet.faults.set({ kind: 'latency', action: 'process', ms: 300 });
    const url = page();
    await allowAll(account, url);
    const first = await browser.visit(url);
    const meeting = life.cashier.handle(first);
    await expect.poll(states).toContain('signed');
    const second = await browser.visit(url, parts);
    const asking = life.cashier.handle(second);
    await expect.poll(() => life.asked.map(({ reason }) => reason)).toEqual(['reason_undeliveredBefore']);
    await meeting;
    life.approvals.answer(second.id, { kind: 'decline' });
    await asking;
    expect(browser.proofs).toEqual([]);
    expect(await states()).toEqual(['unanswered']);

    const own = await browser.visit(url);
    await life.cashier.handle(own);
    expect(statusOf(own)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test('at once, before anything was decided, is paid for once', async () => {
    const url = page();
    await allowAll(account, url);
    const [first, second] = [await browser.visit(url), await browser.visit(url)];
    await Promise.all([life.cashier.handle(first), life.cashier.handle(second)]);
    expect(statusOf(second)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test('while its payment is about to be reserved is paid for once, whatever else its page asks for', async () => {
    const url = page();
    await allowAll(account, url);
    const [first, second, other] = [
      await browser.visit(url),
      await browser.visit(url),
      await browser.visit(page('/frame')),
    ];
    let turnOfFirst = () => {};
    const held = new Promise<void>((resolve) => {
      turnOfFirst = resolve;
    });
    let turns = 0;
    const { cashier: challengeHandler, log } = begin({
      cashier: {
        lease: async () => {
          turns += 1;
          if (turns === 1) await held;
          return { account: account.address, done: () => undefined };
        },
      },
    });
    const meeting = challengeHandler.handle(first);
    await expect.poll(() => turns).toBe(1);
    await Promise.all([challengeHandler.handle(second), challengeHandler.handle(other)]);
    turnOfFirst();
    await meeting;
    expect(log).toMatchObject([{ challenge: first.id, key: 'refusal_LAPSED' }]);
    expect([statusOf(second), statusOf(other)]).toEqual([200, 200]);
    expect(account.sends()).toHaveLength(2);
  });

  test('while it is asked about is asked about anew', async () => {
    const url = page();
    const first = await browser.visit(url);
    const meeting = life.cashier.handle(first);
    await expect.poll(() => life.approvals.list().length).toBe(1);
    const second = await browser.visit(url);
    await meetAndAnswer(second, { kind: 'once' });
    await meeting;
    expect(statusOf(second)).toBe(200);
    expect(browser.released).toEqual([first.id]);
    expect(account.sends()).toHaveLength(1);
  });

  test('when its payment fails is let go with it', async () => {
    devnet.faults.set({ kind: 'latency', action: 'account_info', ms: 100 });
    const url = page('/article', `&price=${2n * XNO}`);
    await allowAll(account, url);
    const first = await browser.visit(url);
    const meeting = life.cashier.handle(first);
    await expect.poll(states).toContain('approved');
    browser.leave(first);
    const second = await browser.visit(url);
    await Promise.all([meeting, life.cashier.handle(second)]);
    expect(browser.released).toEqual([second.id]);
    expect(await states()).toEqual(['abandoned']);
  });

  test('is another request in another tab', async () => {
    const url = page();
    await allowAll(account, url);
    const [one, other] = [await browser.visit(url, { tabId: 1 }), await browser.visit(url, { tabId: 2 })];
    await Promise.all([life.cashier.handle(one), life.cashier.handle(other)]);
    expect([statusOf(one), statusOf(other)]).toEqual([200, 200]);
    expect(account.sends()).toHaveLength(2);
  });
});

describe('a 402 is left to the page', () => {
  const left = (challenge: { readonly id: string }, key: string, ...args: readonly string[]) => {
    expect(life.log).toContainEqual({ challenge: challenge.id, key, args });
    expect(browser.released).toContain(challenge.id);
    expect(account.sends()).toEqual([]);
  };

  test('when the user declines', async () => {
    const challenge = await browser.visit(page());
    await meetAndAnswer(challenge, { kind: 'decline' });
    left(challenge, 'refusal_DECLINED');
  });

  test('when the user never wants to pay this site: all its questions go, and no more come', async () => {
    const others = await Promise.all([browser.visit(page()), browser.visit(page())]);
    const meetings = others.map((challenge) => life.cashier.handle(challenge));
    const challenge = await browser.visit(page());
    await meetAndAnswer(challenge, { kind: 'never', site: siteOf(challenge.url) });
    await Promise.all(meetings);
    left(challenge, 'refusal_SITE_BLOCKED');
    const next = await browser.visit(page());
    await life.cashier.handle(next);
    left(next, 'refusal_SITE_BLOCKED');
    expect(life.asked).toHaveLength(3);
  });

  test('when nobody answers in time', async () => {
    // 25 s and a bit: what is left is too little to pay in after a moment.
    const seenAt = Date.now();
    begin({ now: () => seenAt });
    const challenge = await browser.visit(page('/article', '&expiry=25'), { seenAt });
    await life.cashier.handle({ ...challenge, header: withLife(challenge.header, 25.05) });
    left(challenge, 'refusal_LAPSED');
  });

  test('when it expires too soon, and the server gives no other', async () => {
    begin({ cashier: { freshOffer: async () => null } });
    const challenge = await browser.visit(page('/article', '&expiry=20'));
    await life.cashier.handle(challenge);
    left(challenge, 'refusal_EXPIRES_TOO_SOON');
  });

  test('when the offer that is asked for instead expires too soon as well: it is asked for once', async () => {
    const challenge = await browser.visit(page('/article', '&expiry=20'));
    await life.cashier.handle(challenge);
    left(challenge, 'refusal_EXPIRES_TOO_SOON');
    expect(browser.renewed).toEqual([challenge.id]);
  });

  test('but not because it lives longer than a timer can wait', async () => {
    const challenge = await browser.visit(page('/article', '&expiry=999999'));
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const meeting = life.cashier.handle({ ...challenge, header: withLife(challenge.header, 10 ** 9) });
    await expect.poll(() => life.approvals.list().length).toBe(1);
    const [, longest] = timers.mock.calls.find(([, ms]) => ms !== undefined && ms > 10 ** 8) ?? [];
    expect(longest).toBe(2 ** 31 - 1);
    timers.mockRestore();
    life.approvals.answer(challenge.id, { kind: 'decline' });
    await meeting;
  });

  test('when its page was loaded once more before anybody was asked: the newer one is asked about', async () => {
    const parts = { kind: 'main_frame' as const, tabId: 7 };
    const url = page();
    const older = await browser.visit(url, parts);
    const newer = await browser.visit(url, parts);
    let isHeldUp = true;
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    begin({
      cashier: {
        waits: async () => {
          // The older one is held up on its way, and the newer overtakes it.
          if (isHeldUp) {
            isHeldUp = false;
            await gate;
          }
          return true;
        },
      },
    });
    const first = life.cashier.handle(older);
    await expect.poll(() => isHeldUp).toBe(false);
    const second = life.cashier.handle(newer);
    await expect.poll(() => life.approvals.list().map(({ id }) => id)).toEqual([newer.id]);
    goOn();
    await first;
    expect(life.approvals.list().map(({ id }) => id)).toEqual([newer.id]);
    life.approvals.answer(newer.id, { kind: 'once' });
    await second;
    expect(statusOf(newer)).toBe(200);
    expect(life.log.map(({ key }) => key)).toEqual(['refusal_LAPSED']);
  });

  test('when the page went away before the answer', async () => {
    const challenge = await browser.visit(page());
    const meeting = life.cashier.handle(challenge);
    await expect.poll(() => life.approvals.list().length).toBe(1);
    browser.leave(challenge);
    life.approvals.answer(challenge.id, { kind: 'once' });
    await meeting;
    expect(life.log.map(({ key }) => key)).toEqual(['refusal_LAPSED']);
    expect(await payments()).toEqual([]);
  });

  test('when the money is not enough', async () => {
    const challenge = await browser.visit(page('/article', `&price=${2n * XNO - 1n}`));
    await meetAndAnswer(challenge, { kind: 'once' });
    const [entry] = life.log;
    expect(entry?.key).toBe('fault_insufficient');
    expect(await states()).toEqual(['abandoned']);
    expect(
      await life.budgets.spentOn(account.network.id, siteOf(merchant.origin), calendarDay(Date.now())),
    ).toBe(0n);
    left(challenge, 'fault_insufficient', ...(entry?.args ?? []));
  });

  test('when no node can be reached: nothing is half done', async () => {
    begin({ purse: { node: nodeAt('http://127.0.0.1:1/') } });
    const challenge = await browser.visit(page());
    await meetAndAnswer(challenge, { kind: 'once' });
    expect(await states()).toEqual(['abandoned']);
    expect(
      await life.budgets.spentOn(account.network.id, siteOf(merchant.origin), calendarDay(Date.now())),
    ).toBe(0n);
    left(challenge, 'fault_nodeUnreachable');
  });

  test('when the purse is locked before it signs', async () => {
    begin({ purse: { keys: () => Promise.reject(new Fault('fault_locked')) } });
    const url = page();
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await life.cashier.handle(challenge);
    expect(await states()).toEqual(['abandoned']);
    left(challenge, 'fault_locked');
  });

  test('when it is locked, it asks, and pays nothing while it stays so', async () => {
    begin({ cashier: { accounts: async () => null } });
    const url = page();
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await meetAndAnswer(challenge, { kind: 'once' });
    expect(life.asked.map(({ reason }) => reason)).toEqual(['reason_locked']);
    left(challenge, 'fault_locked');
  });

  test.each([
    ['asks', false, 'reason_newSite'],
    ['asks inside a budget', true, 'reason_payeeChanged'],
  ] as const)('when it would pay an own account: it %s, and pays nothing', async (_, hasBudget, reason) => {
    begin({ cashier: { accounts: async () => [account.address, STRANGER] } });
    const url = page();
    if (hasBudget) await allowAll(account, url);
    const challenge = await browser.visit(url);
    const header = withPayee(challenge.header, STRANGER);
    await meetAndAnswer(
      { ...challenge, header },
      { kind: 'budget', perPayment: XNO as Raw, perDay: XNO as Raw },
    );
    expect(life.asked.map((question) => question.reason)).toEqual([reason]);
    left(challenge, 'refusal_OWN_ACCOUNT');
    const { allowance } = await life.budgets.rulesFor(account.network.id, siteOf(url), Date.now());
    expect(allowance.budget?.payTo ?? null).toBeNull();
  });

  test('when the network was changed between the answer and the reservation', async () => {
    const looks = [standing({}), standing({ network: { id: 'nano:elsewhere', testMoney: true } })];
    begin({ cashier: { context: async () => looks.shift() ?? null } });
    const challenge = await browser.visit(page());
    await meetAndAnswer(challenge, { kind: 'once' });
    expect(await payments()).toEqual([]);
    expect(account.sends()).toEqual([]);
    left(challenge, 'fault_unknownNetwork');
  });

  test('when it is no offer, or for another network', async () => {
    const noOffer = browser.show(challengeOf({ url: page(), header: '!' }));
    await life.cashier.handle(noOffer);
    left(noOffer, 'refusal_BAD_BASE64');
    const abroad = standing({ network: { id: 'nano:mainnet', testMoney: false } });
    begin({ cashier: { context: async () => abroad } });
    const challenge = await browser.visit(page());
    await life.cashier.handle(challenge);
    left(challenge, 'refusal_UNSUPPORTED_NETWORK');
  });

  test('in silence while there is no purse', async () => {
    begin({ cashier: { context: async () => null } });
    const challenge = await browser.visit(page());
    await life.cashier.handle(challenge);
    expect([life.log, browser.released]).toEqual([[], [challenge.id]]);
  });

  test('even when nothing can be logged, and something unexpected fails', async () => {
    const cause = new TypeError('nobody planned for this');
    const full = new Fault('fault_storageUnusable');
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      begin({ cashier: { context: () => Promise.reject(cause), log: () => Promise.reject(full) } });
      const challenge = await browser.visit(page());
      await life.cashier.handle(challenge);
      expect(browser.released).toEqual([challenge.id]);
      expect(said.mock.calls).toEqual([[cause], [full]]);
    } finally {
      said.mockRestore();
    }
  });

  test('in a storm: 20 questions wait, the rest is let go', async () => {
    const { header, url } = await browser.visit(page());
    const storm = Array.from({ length: 200 }, (_, frameId) =>
      browser.show(challengeOf({ url, header, frameId })),
    );
    const meetings = storm.map((challenge) => life.cashier.handle(challenge));
    await expect.poll(() => browser.released.length).toBe(180);
    expect(life.approvals.list()).toHaveLength(20);
    life.approvals.lapse(() => true);
    await Promise.all(meetings);
    expect(browser.released).toHaveLength(200);
    expect(await payments()).toEqual([]);
  });
});

describe('a budget that changed since the decision', () => {
  test.each([
    ['is paused', 'reason_paused', () => pauseBudget()],
    ['is gone', 'reason_newSite', (url: string) => life.budgets.remove(account.network.id, siteOf(url))],
  ])('%s: the purse asks, and says why', async (_, reason, change) => {
    const url = page();
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    let looked = false;
    // Between decision and reservation the page is asked whether it still waits: that is when it changes.
    const waits = async (one: typeof challenge) => {
      if (!looked) await change(url);
      looked = true;
      return browser.waits(one);
    };
    begin({ cashier: { waits } });
    const meeting = life.cashier.handle(challenge);
    await expect.poll(() => life.asked.map(({ reason }) => reason)).toEqual([reason]);
    life.approvals.answer(challenge.id, { kind: 'decline' });
    await meeting;
    expect(await payments()).toEqual([]);
  });

  test('or all payments are paused meanwhile', async () => {
    const url = page();
    await allowAll(account, url);
    let looks = 0;
    begin({ cashier: { context: async () => standing({ paused: looks++ > 0 }) } });
    const meeting = life.cashier.handle(await browser.visit(url));
    await expect.poll(() => life.asked.map(({ reason }) => reason)).toEqual(['reason_paused']);
    life.approvals.lapse(() => true);
    await meeting;
    expect(await payments()).toEqual([]);
  });

  async function pauseBudget(): Promise<void> {
    const site = siteOf(merchant.origin);
    const budget = await life.budgets.read(account.network.id, site);
    if (budget !== null) await life.budgets.save({ ...budget, paused: true });
  }
});

type Header = {
  accepts: { payTo: string; maxTimeoutSeconds: number; extra: { nanoSession: { expiresAt?: string } } }[];
};

/** The header with something changed in its one entry. */
function rewritten(header: string, change: (entry: Header['accepts'][number]) => void): string {
  const envelope: Header = JSON.parse(Buffer.from(header, 'base64').toString());
  for (const entry of envelope.accepts) change(entry);
  return Buffer.from(JSON.stringify(envelope)).toString('base64');
}
const withPayee = (header: string, payTo: string) =>
  rewritten(header, (entry) => {
    entry.payTo = payTo;
  });

describe('an offer that would expire before delivery is asked for anew', () => {
  test('within a budget: the fresh one is paid, once, and the page is served', async () => {
    const url = page('/article', '&first-expiry=20');
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await life.cashier.handle(challenge);
    expect(statusOf(challenge)).toBe(200);
    expect(browser.renewed).toEqual([challenge.id]);
    expect(await states()).toEqual(['settled']);
    expect(life.asked).toEqual([]);
    expect(account.sends()).toHaveLength(1);
  });

  test('without one: the user is asked about the fresh one', async () => {
    const challenge = await browser.visit(page('/article', '&first-expiry=20'));
    await meetAndAnswer(challenge, { kind: 'once' });
    expect(statusOf(challenge)).toBe(200);
    expect(life.asked).toMatchObject([{ reason: 'reason_newSite' }]);
    const [question] = life.asked;
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
    const challenge = await browser.visit(page('/article', '&first-expiry=20'), {
      initiator: merchant.origin,
      ...parts,
    });
    await life.cashier.handle(challenge);
    expect(browser.renewed).toEqual([]);
    expect(life.log.map(({ key }) => key)).toEqual(['refusal_EXPIRES_TOO_SOON']);
    expect(browser.released).toEqual([challenge.id]);
  });

  test('when it aged while the user thought about it', async () => {
    let ahead = 0;
    begin({ now: () => Date.now() + ahead });
    const challenge = await browser.visit(page('/article', '&first-expiry=60'));
    const meeting = life.cashier.handle(challenge);
    await expect.poll(() => life.approvals.list().length).toBe(1);
    ahead = 40_000;
    life.approvals.answer(challenge.id, { kind: 'once' });
    await expect.poll(() => life.asked.length).toBe(2);
    life.approvals.answer(challenge.id, { kind: 'once' });
    await meeting;
    expect(statusOf(challenge)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test('when it ran out on the way to its block: the user hears that nothing was spent', async () => {
    let ahead = 0;
    begin({ now: () => Date.now() + ahead });
    const pay = life.payer.run.bind(life.payer);
    vi.spyOn(life.payer, 'run').mockImplementationOnce((id) => {
      ahead = 60_000;
      return pay(id);
    });
    const challenge = await browser.visit(page('/article', '&first-expiry=60'));
    const meeting = life.cashier.handle(challenge);
    await expect.poll(() => life.approvals.list().length).toBe(1);
    life.approvals.answer(challenge.id, { kind: 'once' });
    await expect
      .poll(() => life.asked.map(({ reason }) => reason))
      .toEqual(['reason_newSite', 'reason_ranOut']);
    expect(account.sends()).toEqual([]);
    life.approvals.answer(challenge.id, { kind: 'once' });
    await meeting;
    expect(statusOf(challenge)).toBe(200);
    expect((await states()).toSorted()).toEqual(['abandoned', 'settled']);
    expect(account.sends()).toHaveLength(1);
    expect(browser.renewed).toEqual([challenge.id]);
    // Met once more, as by a worker's next life, the payment that stands is the one it is about.
    expect(await account.journal.forChallenge(challenge.id)).toMatchObject({
      progress: { state: 'settled' },
    });
  });

  test('when no node could be given its block in time: that one is taken back first', async () => {
    let ahead = 0;
    begin({ now: () => Date.now() + ahead });
    devnet.faults.set({ kind: 'drop_request', action: 'process' });
    const url = page('/article', '&first-expiry=60');
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await life.cashier.handle(challenge);
    expect(await states()).toEqual(['signed']);
    ahead = 60_000;
    devnet.faults.clear();
    const anew = browser.show({ ...challenge, id: crypto.randomUUID() });
    await life.cashier.handle(anew);
    expect(statusOf(anew)).toBe(200);
    expect((await states()).toSorted()).toEqual(['revoked', 'settled']);
    expect(
      account
        .blocks()
        .map(({ subtype }) => subtype)
        .slice(1),
    ).toEqual(['change', 'send']);
  });
});

const withLife = (header: string, seconds: number) =>
  rewritten(header, (entry) => {
    entry.maxTimeoutSeconds = seconds;
    delete entry.extra.nanoSession.expiresAt;
  });
