/** Payments that are made first, and proven by their block hash alone (docs/WIRE.md §3.11). */
import { describe, expect, test, vi } from 'vitest';
import { PAID_MARKER } from '../../test/merchant/pages/layout.ts';
import type { Price } from '../interception/price.ts';
import type { Raw } from '../nano/amount.ts';
import { MOST_BY_HASH } from '../policy/decision.ts';
import {
  account,
  browser,
  handleAndAnswer,
  merchant,
  page,
  payments,
  restart,
  setUp,
  states,
  statusOf,
  worker,
  XNO,
} from './challenge-handler.fixture.ts';
import { allowAll } from './worker.fixture.ts';

setUp();

const byHash = (query = '', path = '/article') => page(path, `&mechanism=hashBearer${query}`);

/** The headers of the requests that brought a proof, as the server got them. */
function spiedHeaders() {
  const sent: Record<string, string>[] = [];
  const { fetch } = globalThis;
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => {
    if (`${url}`.startsWith(merchant.origin) && init?.headers)
      sent.push(init.headers as Record<string, string>);
    return fetch(url, init);
  });
  return { sent, end: () => spy.mockRestore() };
}

describe('an offer by hash', () => {
  test('is asked about, paid and confirmed, and then shown by its hash in X-Nano-Payment alone', async () => {
    const challenge = await browser.visit(byHash());
    const { sent, end } = spiedHeaders();
    await handleAndAnswer(challenge, { kind: 'once' });
    end();
    expect(worker.asked).toMatchObject([{ reason: 'reason_newSite', offer: { mechanism: 'hashBearer' } }]);
    const [payment] = await payments();
    const [send] = account.sends();
    expect(payment?.story.map(({ state }) => state)).toEqual([
      ...['approved', 'signed', 'published', 'confirmed', 'proven', 'delivered', 'settled'],
    ]);
    expect(sent).toEqual([{ 'X-Nano-Payment': send?.hash }]);
    expect(browser.answers.get(challenge.id)?.text).toContain(PAID_MARKER);
    expect(merchant.books().payments.at(-1)).toMatchObject({ mechanism: 'hashBearer', hash: send?.hash });
  });

  test('is paid by a budget up to 0.01 XNO', async () => {
    expect(MOST_BY_HASH).toBe(XNO / 100n);
    const url = byHash(`&price=${MOST_BY_HASH}`);
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await worker.challengeHandler.handle(challenge);
    expect(worker.asked).toEqual([]);
    expect(statusOf(challenge)).toBe(200);
  });

  test('is asked about above 0.01 XNO, whatever the budget', async () => {
    const url = byHash(`&price=${MOST_BY_HASH + 1n}`);
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    await handleAndAnswer(challenge, { kind: 'decline' });
    expect(worker.asked).toMatchObject([{ reason: 'reason_overHash' }]);
    expect(account.sends()).toEqual([]);
    await handleAndAnswer(await browser.visit(byHash(`&price=${MOST_BY_HASH + 1n}`)), { kind: 'once' });
    expect(await states()).toEqual(['settled']);
  });

  test('that would pay an own account is not paid', async () => {
    const challenge = await browser.visit(byHash());
    const header: Price = {
      headers: [
        { name: 'x-payment-address', value: account.address },
        { name: 'x-payment-amount-raw', value: '1' },
      ],
    };
    await handleAndAnswer({ ...challenge, header }, { kind: 'once' });
    expect(worker.log.at(-1)?.key).toBe('refusal_OWN_ACCOUNT');
    expect(account.sends()).toEqual([]);
  });

  test('is released with its reason where its body contradicts it', async () => {
    const challenge = await browser.visit(byHash());
    if (typeof challenge.header === 'string') throw new Error('not by hash');
    const header = { ...challenge.header, bodyText: '{"price_raw":"1"}' };
    await worker.challengeHandler.handle({ ...challenge, header });
    expect(browser.released).toEqual([challenge.id]);
    expect(worker.log).toMatchObject([{ key: 'refusal_BAD_HASH_OFFER' }]);
  });
});

describe('a hash that is not served', () => {
  test.each([
    ['the plain 402 again', '&refuse-first=1', 402],
    ['"not confirmed" in words', '&refuse-first=1&flavour=reference', 402],
    ['503 and "contact seller before paying again"', '&refuse-first=1&refuse-with=503', 503],
    ['409 and "payment reused"', '&refuse-first=1&refuse-with=409', 409],
  ])(
    'but answered %s is owed: the same hash is shown again, and nothing is paid',
    async (_, habit, status) => {
      const url = byHash(habit);
      await allowAll(account, url);
      const challenge = await browser.visit(url);
      await worker.challengeHandler.handle(challenge);
      expect((await payments())[0]?.progress).toMatchObject({ state: 'refused', status, final: false });
      const again = await browser.visit(url);
      await restart({}).challengeHandler.handle(again);
      expect(statusOf(again)).toBe(200);
      expect(await states()).toEqual(['settled']);
      expect(browser.proofs).toHaveLength(2);
      expect(new Set(browser.proofs).size).toBe(1);
      expect(account.sends()).toHaveLength(1);
    },
  );

  test('but called used, with the advice to send again, is never paid anew by itself', async () => {
    const url = byHash('&flavour=reference');
    await allowAll(account, url);
    const challenge = await browser.visit(url);
    // A stranger saw the hash on the ledger, and showed it first.
    const deliver = browser.deliver.bind(browser);
    let isStolen = false;
    browser.deliver = async (to, proof) => {
      if (!isStolen) await (await fetch(url, { headers: { [proof.header]: proof.value } })).text();
      isStolen = true;
      return deliver(to, proof);
    };
    await worker.challengeHandler.handle(challenge);
    expect(browser.answers.get(challenge.id)?.text).toContain('Send again');
    expect((await payments())[0]?.progress).toMatchObject({ state: 'refused', status: 402, final: false });

    for (let visits = 2; visits <= 4; visits += 1) {
      await worker.challengeHandler.handle(await browser.visit(url));
      expect(browser.proofs).toHaveLength(visits);
    }
    expect(worker.asked).toEqual([]);
    expect(new Set(browser.proofs).size).toBe(1);
    expect(account.sends()).toHaveLength(1);
  });
});

test('a budget that is set with a payment by hash pays the next one', async () => {
  const limit = (XNO / 10n) as Raw;
  await handleAndAnswer(await browser.visit(byHash()), { kind: 'budget', perPayment: limit, perDay: limit });
  const next = await browser.visit(byHash());
  await worker.challengeHandler.handle(next);
  expect(statusOf(next)).toBe(200);
  expect(worker.asked).toHaveLength(1);
});
