/** Proofs that a server has taken and not served: what the ledger says of their blocks decides what becomes of them. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Answered } from '../interception/challenge.ts';
import {
  account,
  browser,
  contextWith,
  devnet,
  handleAndAnswer,
  merchant,
  page,
  payments,
  restart,
  setUp,
  states,
  statusOf,
  worker,
} from './challenge-handler.fixture.ts';
import type { Payment } from './payment.ts';
import { DELIVERY_GRACE } from './redelivery-schedule.ts';
import { allowAll } from './worker.fixture.ts';

setUp();

const onlyPayment = async (): Promise<Payment> => {
  const [payment, ...others] = await payments();
  if (payment === undefined || others.length > 0) throw new Error('one payment is expected');
  return payment;
};
/** The subtypes of the blocks after the one that opened the account. */
const subtypes = () =>
  account
    .blocks()
    .slice(1)
    .map(({ subtype }) => subtype);
const PUBLISHED = { mechanism: 'trackA' } as const;
const UNPUBLISHED = { mechanism: 'trackA', hold: '1' } as const;
const at = (terms: Readonly<Record<string, string>>) => page('/article', `&${new URLSearchParams(terms)}`);

/** The page gets this answer once, in the place of what the merchant says of the proof that it takes. */
function answerOnce(status: number, parts: Partial<Answered> = {}, before = async () => {}): void {
  const deliver = browser.deliver.bind(browser);
  vi.spyOn(browser, 'deliver').mockImplementationOnce(async (...sent) => {
    const delivery = await deliver(...sent);
    if (delivery.kind !== 'answered') throw new Error('the merchant did not answer');
    await delivery.bodyEnd;
    await before();
    return { ...delivery, paymentResponse: null, paymentRequired: null, ...parts, status };
  });
}
/** Pays for a signed block, whose proof gets this answer. */
async function refused(terms: Readonly<Record<string, string>>, ...answer: Parameters<typeof answerOnce>) {
  answerOnce(...answer);
  const challenge = await browser.visit(at(terms));
  await handleAndAnswer(challenge, { kind: 'once' });
  return challenge;
}
const says = (errorReason: string) => ({
  paymentResponse: Buffer.from(JSON.stringify({ success: false, errorReason })).toString('base64'),
});

describe('a signed block that is on the ledger', () => {
  const words = ['amount_mismatch', 'frontier_moved', 'already used'];
  test.each(words)('is owed and never recalled, whatever the refusal says: %s', async (word) => {
    const { url } = await refused(PUBLISHED, 402, says(word));
    const { intent, progress } = await onlyPayment();
    expect(progress).toMatchObject({ state: 'refused', final: false, said: word });

    restart({ now: () => intent.offer.expiresAt + DELIVERY_GRACE });
    await worker.recall.maintain();
    expect(subtypes()).toEqual(['send']);
    expect((await onlyPayment()).progress.state).toBe('refused');

    answerOnce(200);
    await worker.challengeHandler.handle(await browser.visit(url));
    expect((await onlyPayment()).progress.state).toBe('settled');
    expect(new Set(browser.proofs).size).toBe(1);
    expect(account.sends()).toHaveLength(1);
  });

  test('is found at the answer where it was published after a refusal for good', async () => {
    await refused(UNPUBLISHED, 402, says('amount_mismatch'));
    await merchant.publishHeld();
    await worker.recall.maintain();
    expect(subtypes()).toEqual(['send']);
    const { intent, progress } = await onlyPayment();
    expect(progress.state).toBe('refused');
    const kept = await worker.delivery.keptFor(await browser.visit(intent.challenge.url), [
      await onlyPayment(),
    ]);
    expect(kept?.intent.id).toBe(intent.id);
  });
});

describe('a signed block that is not on the ledger', () => {
  test('is recalled at the next maintenance after words that say "never", and the money is given back', async () => {
    await refused(UNPUBLISHED, 400, says('amount_mismatch'));
    expect((await onlyPayment()).progress).toMatchObject({ state: 'refused', final: true });
    await worker.recall.maintain();
    expect((await onlyPayment()).progress.state).toBe('revoked');
    expect(subtypes()).toEqual(['change']);
  });

  test.each([
    ['words that say "void"', 'frontier_moved'],
    ['any other words', 'method_not_allowed'],
  ])('is held after %s, and recalled with time', async (_name, word) => {
    await refused(UNPUBLISHED, 405, says(word));
    const { intent, progress } = await onlyPayment();
    expect(progress).toMatchObject({ state: 'refused', final: false });
    await worker.recall.maintain();
    expect((await onlyPayment()).progress.state).toBe('refused');
    restart({ now: () => intent.offer.expiresAt + DELIVERY_GRACE });
    await worker.recall.maintain();
    expect((await onlyPayment()).progress.state).toBe('revoked');
  });

  test('is not recalled while the server wants to be asked later', async () => {
    let now = Date.now();
    restart({ now: () => now });
    await refused(UNPUBLISHED, 202, { retryAfter: '500' });
    const { intent, progress } = await onlyPayment();
    expect(progress).toMatchObject({ state: 'unanswered', reason: 'pending' });
    const { notBefore = 0 } = 'notBefore' in progress ? progress : {};
    expect(notBefore).toBeGreaterThan(intent.offer.expiresAt + DELIVERY_GRACE);
    now = notBefore;
    await worker.recall.maintain();
    expect(subtypes()).toEqual([]);
    now += DELIVERY_GRACE;
    await worker.recall.maintain();
    expect((await onlyPayment()).progress.state).toBe('revoked');
  });
});

test('a signed block of which no node tells is owed', async () => {
  await refused(UNPUBLISHED, 402, says('amount_mismatch'), async () => {
    devnet.faults.set({ kind: 'http_status', status: 503 });
  });
  expect((await onlyPayment()).progress).toMatchObject({ state: 'refused', final: false });
});

describe('the next delivery', () => {
  test('has the token of an earlier answer beside the proof, until it is served', async () => {
    const url = page();
    await allowAll(account, url);
    answerOnce(402, { represent: 'token' });
    await worker.challengeHandler.handle(await browser.visit(url));
    answerOnce(500);
    await worker.challengeHandler.handle(await browser.visit(url));
    answerOnce(200);
    await restart({}).challengeHandler.handle(await browser.visit(url));
    expect(browser.tokens).toEqual(['token', 'token']);
    expect((await onlyPayment()).progress.state).toBe('settled');
  });

  test('comes by itself a few seconds later, or when the server wants it', async () => {
    let now = Date.now();
    restart({ now: () => now });
    const url = page();
    await allowAll(account, url);
    answerOnce(402, says('no'));
    const first = await browser.visit(url);
    await worker.challengeHandler.handle(first);
    expect(browser.repeated.map(([id, pause]) => [id, pause])).toEqual([[first.id, 5_000]]);
    answerOnce(202, { retryAfter: '90' });
    await worker.challengeHandler.handle(await browser.visit(url));
    now += 90_000;
    answerOnce(503, { retryAfter: '9' });
    const last = await browser.visit(url);
    await worker.challengeHandler.handle(last);
    expect(browser.repeated.map(([id]) => id)).toEqual([first.id, last.id]);
    expect(account.sends()).toHaveLength(1);
  });

  test('comes by itself only where nothing has happened since', async () => {
    const url = page();
    await allowAll(account, url);
    const isStillOwed = () => Promise.all(browser.repeated.map(([, , ask]) => ask()));
    answerOnce(503);
    await worker.challengeHandler.handle(await browser.visit(url));
    expect(await isStillOwed()).toEqual([true]);
    answerOnce(503);
    await worker.challengeHandler.handle(await browser.visit(url));
    expect(await isStillOwed()).toEqual([false]);
    answerOnce(200);
    await worker.challengeHandler.handle(await browser.visit(url));
    expect(await isStillOwed()).toEqual([false]);
  });

  test('does not come before the server wants it, unless its user delivers it', async () => {
    let now = Date.now();
    restart({ now: () => now });
    const url = page();
    await allowAll(account, url);
    answerOnce(202, { retryAfter: '90' });
    await worker.challengeHandler.handle(await browser.visit(url));
    now += 30_500;
    const early = await browser.visit(url);
    await worker.challengeHandler.handle(early);
    expect(browser.released).toEqual([early.id]);
    expect(worker.log).toEqual([{ challenge: early.id, key: 'refusal_NOT_YET', args: ['60'] }]);
    expect(browser.proofs).toHaveLength(1);

    answerOnce(202, { retryAfter: '90' });
    await worker.delivery.requestRedelivery((await onlyPayment()).intent.id);
    await worker.challengeHandler.handle(await browser.visit(url));
    expect(browser.proofs).toHaveLength(2);

    now += 90_000;
    answerOnce(200);
    await worker.challengeHandler.handle(await browser.visit(url));
    expect(await states()).toEqual(['settled']);
    expect(worker.asked).toEqual([]);
    expect(account.sends()).toHaveLength(1);
  });
});

test('a proof that is refused again and again gives way to a question, which asks whether to pay anew', async () => {
  let now = Date.now();
  const url = page('/always-refuses');
  await allowAll(account, url);
  restart({ now: () => now });
  const visit = async () => {
    const challenge = await browser.visit(url);
    await worker.challengeHandler.handle(challenge);
    return challenge;
  };
  expect(statusOf(await visit())).toBe(402);
  expect(statusOf(await visit())).toBe(402);
  expect(browser.proofs).toHaveLength(2);

  const asked = await browser.visit(url);
  await handleAndAnswer(asked, { kind: 'decline' });
  expect(worker.asked.map(({ reason }) => reason)).toEqual(['reason_undeliveredBefore']);
  expect(browser.proofs).toHaveLength(2);

  now += 60_000;
  await visit();
  expect(browser.proofs).toHaveLength(3);
  expect(new Set(browser.proofs).size).toBe(1);
  expect(account.sends()).toHaveLength(1);
});

describe('at a site that owes what was paid for', () => {
  beforeEach(() => {
    // Budgets hand over blocks of a pocket only, in which another account can pay.
    restart({
      handler: { context: async () => contextWith({ hasPocket: true }), handedOver: async () => null },
    });
  });
  const visit = async (terms: Readonly<Record<string, string>>) =>
    worker.challengeHandler.handle(await browser.visit(at(terms)));
  /** Makes a payment of the budget that the site refuses. */
  async function unserved(terms: Readonly<Record<string, string>>): Promise<string> {
    await allowAll(account, merchant.origin);
    answerOnce(402);
    const url = at(terms);
    await worker.challengeHandler.handle(await browser.visit(url));
    expect(await states()).toEqual(['refused']);
    // The payee has published the block.
    await worker.wallet.refresh();
    return url;
  }
  const ways = [PUBLISHED, { mechanism: 'nanoSession' }];

  test.each(ways)(
    'by $mechanism, the budget hands over no block: its user is asked, and may pay',
    async (owed) => {
      await unserved(owed);
      await handleAndAnswer(await browser.visit(at(PUBLISHED)), { kind: 'decline' });
      await handleAndAnswer(await browser.visit(at(PUBLISHED)), { kind: 'once' });
      expect(worker.asked.map(({ reason }) => reason)).toEqual(['reason_owed', 'reason_owed']);
      expect((await states()).toSorted()).toEqual(['refused', 'settled']);
    },
  );

  test.each(ways)('by $mechanism, the budget pays where the wallet publishes', async (owed) => {
    await unserved(owed);
    await visit({ mechanism: 'nanoSession' });
    expect(worker.asked).toEqual([]);
    expect((await states()).toSorted()).toEqual(['refused', 'settled']);
  });

  test('the same request gets the kept proof without a question, and then the budget pays again', async () => {
    const url = await unserved(PUBLISHED);
    answerOnce(200);
    await worker.challengeHandler.handle(await browser.visit(url));
    expect(await states()).toEqual(['settled']);
    await visit(PUBLISHED);
    expect(worker.asked).toEqual([]);
    expect(account.sends()).toHaveLength(2);
  });
});
