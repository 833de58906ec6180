/** Proofs that are kept after a payment, and the requests that they are delivered to. */
import { describe, expect, test } from 'vitest';
import { PAID_MARKER } from '../../test/merchant/pages/layout.ts';
import type { Challenge } from '../interception/challenge.ts';
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
  worker,
} from './challenge-handler.fixture.ts';
import { challengeOf, requiredIn } from './samples.fixture.ts';
import { allowAll } from './worker.fixture.ts';

setUp();

/** Stands for the merchant's origin, which is known once it runs. */
const OWN = 'own';

describe('a kept proof', () => {
  /** Makes a payment whose answer is lost. Resolves with its URL. */
  async function unanswered(): Promise<string> {
    const url = page('/loses-answer');
    await allowAll(account, url);
    await worker.challengeHandler.handle(await browser.visit(url));
    expect(await states()).toEqual(['unanswered']);
    return url;
  }

  test('is delivered again instead of a second payment, after a restart of the worker too', async () => {
    const url = await unanswered();
    const again = await browser.visit(url);
    await restart({}).challengeHandler.handle(again);
    expect(statusOf(again)).toBe(200);
    expect(await states()).toEqual(['settled']);
    expect(new Set(browser.proofs).size).toBe(1);
    expect(browser.proofs).toHaveLength(2);
    expect(account.sends()).toHaveLength(1);
  });

  test('is delivered again after a truncated answer, without a question', async () => {
    const url = page('/breaks-off');
    await allowAll(account, url);
    await worker.challengeHandler.handle(await browser.visit(url));
    expect(await states()).toEqual(['unanswered']);
    const again = await browser.visit(url);
    await restart({}).challengeHandler.handle(again);
    expect(browser.answers.get(again.id)?.text).toContain(PAID_MARKER);
    expect(await states()).toEqual(['settled']);
    expect(account.sends()).toHaveLength(1);
  });

  test('is not delivered to another request of the same site', async () => {
    const url = await unanswered();
    const [proof] = browser.proofs;
    const other = await browser.visit(`${url}&other`);
    await worker.challengeHandler.handle(other);
    expect(browser.proofs.at(-1)).not.toBe(proof);
    expect(account.sends()).toHaveLength(2);
  });

  test('is not delivered to another site that offers the same session (invariant 5)', async () => {
    const url = page('/loses-answer');
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await worker.challengeHandler.handle(challenge);
    const [proof] = browser.proofs;
    // Another origin sends the same header: the resource is its own, the session is the merchant's.
    const other = url.replace('127.0.0.1', 'localhost');
    const theirs = Buffer.from(requiredIn(challenge), 'base64')
      .toString()
      .replaceAll('127.0.0.1', 'localhost');
    const header = Buffer.from(theirs).toString('base64');
    await handleAndAnswer(browser.show(challengeOf({ url: other, header })), { kind: 'once' });
    expect(browser.proofs).toEqual([proof]);
    expect(account.sends()).toHaveLength(1);
    expect(worker.log.at(-1)?.key).toBe('refusal_ALREADY_PAID');
  });

  test('for one payee does not stop the payment of the same session id to another payee (invariant 1)', async () => {
    const url = page('/loses-answer');
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await worker.challengeHandler.handle(challenge);
    const [first] = await payments();
    const theirs = Buffer.from(requiredIn(challenge), 'base64')
      .toString()
      .replaceAll('127.0.0.1', 'localhost')
      .replaceAll(first?.intent.offer.payTo ?? '', STRANGER);
    const header = Buffer.from(theirs).toString('base64');
    const other = browser.show(challengeOf({ url: url.replace('127.0.0.1', 'localhost'), header }));
    await handleAndAnswer(other, { kind: 'once' });
    expect((await payments()).map(({ intent }) => intent.offer.payTo)).toEqual(
      expect.arrayContaining([first?.intent.offer.payTo, STRANGER]),
    );
    expect(account.sends()).toHaveLength(2);
  });

  test('is not delivered to the same request on another network', async () => {
    const url = await unanswered();
    const again = await browser.visit(url);
    const otherNetwork = contextWith({ network: { id: 'nano:other', testMoney: true } });
    await restart({ handler: { context: async () => otherNetwork } }).challengeHandler.handle(again);
    expect(browser.proofs).toHaveLength(1);
    expect(worker.log.at(-1)?.key).toBe('refusal_UNSUPPORTED_NETWORK');
  });

  test('that was refused is delivered again to the next request, and the fresh offer is not paid', async () => {
    const url = page('/always-refuses');
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await worker.challengeHandler.handle(challenge);
    const [refused] = await payments();
    expect(refused?.progress).toMatchObject({
      state: 'refused',
      final: false,
      said: 'Payment received, content withheld',
    });

    const next = await browser.visit(url);
    await worker.challengeHandler.handle(next);
    expect(statusOf(next)).toBe(402);
    expect(worker.asked).toEqual([]);
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
    'is not delivered to %s, which is asked about as a new purchase (invariant 11)',
    async (_, parts) => {
      const url = await unanswered();
      const initiator = parts.initiator === OWN ? { initiator: merchant.origin } : {};
      const stranger = await browser.visit(url, { ...parts, ...initiator });
      const handled = restart({}).challengeHandler.handle(stranger);
      await expect.poll(() => worker.asked.map(({ reason }) => reason)).toEqual(['reason_undeliveredBefore']);
      worker.approvals.answer(stranger.id, { kind: 'decline' });
      await handled;
      expect(browser.proofs).toHaveLength(1);
      expect(account.sends()).toHaveLength(1);

      // The user, who comes back, still gets the content.
      const own = await browser.visit(url);
      await worker.challengeHandler.handle(own);
      expect(statusOf(own)).toBe(200);
      expect(account.sends()).toHaveLength(1);
    },
  );

  test('that the user wants redelivered is not delivered to another site either', async () => {
    const url = await unanswered();
    const [payment] = await payments();
    if (payment === undefined) throw new Error('paid above');
    await worker.delivery.requestRedelivery(payment.intent.id);
    const stranger = await browser.visit(url, byEvil);
    const handled = worker.challengeHandler.handle(stranger);
    await expect.poll(() => worker.asked).toMatchObject([{ reason: 'reason_undeliveredBefore' }]);
    worker.approvals.answer(stranger.id, { kind: 'decline' });
    await handled;
    expect(browser.proofs).toHaveLength(1);

    const own = await browser.visit(url);
    await worker.challengeHandler.handle(own);
    expect(statusOf(own)).toBe(200);
  });

  test('cannot be requested for a settled payment or an unknown one', async () => {
    const url = page();
    await allowAll(account, url);
    await worker.challengeHandler.handle(await browser.visit(url));
    const [settled] = await payments();
    if (settled === undefined) throw new Error('paid above');
    await expect(worker.delivery.requestRedelivery(settled.intent.id)).rejects.toThrow('fault_paymentOver');
    const unknown = `${settled.intent.id}?` as typeof settled.intent.id;
    await expect(worker.delivery.requestRedelivery(unknown)).rejects.toThrow('fault_unknownPayment');
  });
});
