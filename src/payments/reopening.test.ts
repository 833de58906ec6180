/** What was bought and is opened again by its user, with the proof that is kept. */
import { describe, expect, test } from 'vitest';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import type { PaymentId } from '../payment-id.ts';
import {
  account,
  browser,
  devnet,
  handleAndAnswer,
  page,
  payments,
  restart,
  setUp,
  states,
  statusOf,
  worker,
} from './challenge-handler.fixture.ts';
import { allowAll } from './worker.fixture.ts';

setUp();

/** Pays for a URL within a budget, and returns the payment's id. */
async function bought(url: string): Promise<PaymentId> {
  await allowAll(account, url);
  await worker.challengeHandler.handle(await browser.visit(url));
  const [payment] = await payments();
  if (payment === undefined) throw new Error('nothing was paid');
  return payment.intent.id;
}

describe('what a settled payment bought and its user opens again', () => {
  test('is served for the kept proof, where the server still accepts it; nothing is paid', async () => {
    const lenient: Merchant = await startMerchant({ network: devnet.profile, faults: ['replay'] });
    try {
      const url = `${lenient.origin}/article?again`;
      const { url: opened } = await worker.reopening.request(await bought(url));
      expect(opened).toBe(url);
      const again = await browser.visit(url, { startedBy: 'outside' });
      await worker.challengeHandler.handle(again);
      expect(statusOf(again)).toBe(200);
      expect(browser.proofs).toHaveLength(2);
      expect(new Set(browser.proofs).size).toBe(1);
      expect(browser.repeated).toEqual([]);
    } finally {
      await lenient.close();
    }
    expect(worker.asked).toEqual([]);
    expect(await states()).toEqual(['settled']);
    expect(account.sends()).toHaveLength(1);
  });

  test('is loaded again without the proof where the server refuses it, and not paid without a question', async () => {
    const url = page();
    await worker.reopening.request(await bought(url));
    const again = await browser.visit(url, { startedBy: 'outside' });
    await worker.challengeHandler.handle(again);
    expect(statusOf(again)).toBe(410);
    expect(browser.repeated).toEqual([[again.id, 0, expect.any(Function)]]);
    expect(worker.asked).toEqual([]);

    await handleAndAnswer(await browser.visit(url, { startedBy: 'browser' }), { kind: 'decline' });
    expect(worker.asked).toMatchObject([{ reason: 'reason_justPaid' }]);
    expect(browser.proofs).toHaveLength(2);
    expect(await states()).toEqual(['settled']);
    expect(account.sends()).toHaveLength(1);
  });

  test.each([
    ['a request of a script', { kind: 'xmlhttprequest', documentId: 'document' }],
    ['a document that another site opens', { initiator: 'https://other.example' }],
    ['a private window', { isPrivate: true }],
  ] as const)('is not served for its proof to %s', async (_, parts) => {
    const url = page();
    await worker.reopening.request(await bought(url));
    await handleAndAnswer(await browser.visit(url, { startedBy: 'outside', ...parts }), { kind: 'decline' });
    expect(browser.proofs).toHaveLength(1);
  });

  test('is served for its proof once, within a minute, and to its own URL only', async () => {
    let time = Date.now();
    restart({ now: () => time });
    const url = page();
    const id = await bought(url);
    const openedBy = async (target: string) =>
      handleAndAnswer(await browser.visit(target, { startedBy: 'outside' }), { kind: 'decline' });
    await worker.reopening.request(id);
    await openedBy(`${url}&other`);
    time += 60_001;
    await openedBy(url);
    expect(browser.proofs).toHaveLength(1);

    await worker.reopening.request(id);
    await worker.challengeHandler.handle(await browser.visit(url, { startedBy: 'outside' }));
    expect(browser.proofs).toHaveLength(2);
    await openedBy(url);
    expect(browser.proofs).toHaveLength(2);
    expect(account.sends()).toHaveLength(1);
  });
});

test('a payment that was not delivered is delivered when it is opened, as with any visit', async () => {
  const url = page('/loses-answer');
  await worker.reopening.request(await bought(url));
  await worker.challengeHandler.handle(await browser.visit(url, { startedBy: 'outside' }));
  expect(await states()).toEqual(['settled']);
  expect(account.sends()).toHaveLength(1);
});
