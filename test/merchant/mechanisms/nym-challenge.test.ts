import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AcceptsEntry } from '../envelope.ts';
import { PAID_MARKER } from '../pages/layout.ts';
import { fundedPayer } from '../testing/payer.ts';
import {
  ask,
  errorIn,
  offerIn,
  openTestBed,
  present,
  quote,
  receiptIn,
  signed,
  type TestBed,
  XNO,
} from '../testing/test-bed.ts';

let testBed: TestBed;
let url: string;
beforeAll(async () => {
  testBed = await openTestBed({ mechanisms: ['nymChallenge'] });
  url = `${testBed.merchant.origin}/api/private?b=2`;
});
afterAll(() => testBed?.close());

const payFor = (entry: AcceptsEntry) => testBed.payer.pay(entry.payTo, BigInt(entry.amount));

/** The payload of a settled challenge, with what a test wants otherwise. */
function settlement({ extra }: AcceptsEntry, sendHash: string, otherwise: object = {}) {
  const { challengeId } = Object(extra.challenge);
  const payerAccount = testBed.payer.address;
  const kind = { version: 'ns8', mechanism: 'nano-nym-exact', mode: 'settle' };
  return { ...kind, challengeId, sendHash, payerAccount, ...otherwise };
}

async function expectRefusal(answer: Promise<Response>, status: number, error: string): Promise<void> {
  const response = await answer;
  expect(response.status).toBe(status);
  expect(await response.clone().text()).not.toContain(PAID_MARKER);
  expect(await errorIn(response)).toEqual(expect.stringMatching(error));
}

test('a challenge is paid and honoured', async () => {
  const entry = await quote(url);
  const { amount, payTo } = entry;
  expect(entry.extra).toEqual({
    challenge: {
      challengeId: expect.stringMatching(/^[0-9a-f]{32}$/),
      mechanism: 'nano-nym-exact',
      version: 'ns8',
      payToKind: 'address',
      destination: payTo,
      amount,
      resourceAmountRaw: String(XNO / 100n),
      tagAmountRaw: String(BigInt(amount) - XNO / 100n),
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      expiresInSeconds: 180,
      resourceUrl: url,
      settlementPolicy: 'send_confirmed',
    },
  });
  const hash = await payFor(entry);
  const response = await present(url, signed(entry, settlement(entry, hash)));
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(PAID_MARKER);
  expect(receiptIn(response)).toMatchObject({ success: true, transaction: hash });
});

test('T5: a payload that is not one', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  const wrong = [{ mode: 'access' }, { version: 'ns9' }, { sendHash: 'zz' }, { payerAccount: 'nano_1' }];
  for (const otherwise of wrong) {
    const paymentSignature = signed(entry, settlement(entry, hash, otherwise));
    await expectRefusal(present(url, paymentSignature), 400, 'missing sendHash');
  }
  await expectRefusal(present(url, '%%%'), 400, 'Invalid PAYMENT-SIGNATURE');
});

test('T6, T7, T9, T10, T11: unknown challenge, unknown block, other terms, too late', async () => {
  const entry = await quote(url);
  const zero = '0'.repeat(64);
  const unknown = settlement(entry, zero, { challengeId: 'a'.repeat(32) });
  await expectRefusal(present(url, signed(entry, unknown)), 402, 'Challenge not found');
  await expectRefusal(present(url, signed(entry, settlement(entry, zero))), 402, 'Block not found');
  for (const otherwise of [{ amount: '1' }, { payTo: testBed.payer.address }, { network: 'nano:beta' }]) {
    const accepted = { ...entry, ...otherwise };
    await expectRefusal(present(url, signed(accepted, settlement(entry, zero))), 402, 'No matching payment');
  }
  const elsewhere = `${testBed.merchant.origin}/api/private?b=3`;
  await expectRefusal(present(elsewhere, signed(entry, settlement(entry, zero))), 402, 'No matching payment');

  const brief = `${url}&expiry=60`;
  const over = await quote(brief);
  const hash = await payFor(over);
  testBed.passTime(60_000);
  await expectRefusal(present(brief, signed(over, settlement(over, hash))), 402, 'Challenge expired');
});

test('a challenge is not paid as a session, nor a session as a challenge', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  const { challengeId: id, resourceAmountRaw, tagAmountRaw, expiresAt } = Object(entry.extra.challenge);
  const nanoSession = { id, tag: Number(tagAmountRaw), resourceAmountRaw, tagAmountRaw, expiresAt };
  const disguised = signed({ ...entry, extra: { nanoSession } }, { proof: hash });
  await expectRefusal(present(url, disguised), 410, 'Session not found');
});

test('T19, T20, T21, T27: a block buys once', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  const paymentSignature = signed(entry, settlement(entry, hash));
  const answers = await Promise.all([1, 2, 3].map(() => present(url, paymentSignature)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 402, 402]);
  await expectRefusal(present(url, paymentSignature), 402, 'already redeemed');
  const fresh = await quote(url);
  for (const spelled of [hash, hash.toLowerCase()]) {
    const again = signed(fresh, settlement(fresh, spelled));
    await expectRefusal(present(url, again), 402, 'Block hash already spent');
  }
});

test('T22, T24, T26: another’s block, a raw off, another payer', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  const thief = await quote(url);
  await expectRefusal(present(url, signed(thief, settlement(thief, hash))), 402, 'Amount mismatch');
  const { address } = await fundedPayer(testBed.devnet, XNO);
  const posing = signed(entry, settlement(entry, hash, { payerAccount: address }));
  await expectRefusal(present(url, posing), 402, 'Payer mismatch');
  expect((await present(url, signed(entry, settlement(entry, hash)))).status).toBe(200);
  for (const off of [-1n, 1n]) {
    const wrong = await testBed.payer.pay(thief.payTo, BigInt(thief.amount) + off);
    await expectRefusal(present(url, signed(thief, settlement(thief, wrong))), 402, 'Amount mismatch');
  }
  const misdirected = await testBed.payer.pay(testBed.payer.address, BigInt(thief.amount));
  const astray = signed(thief, settlement(thief, misdirected));
  await expectRefusal(present(url, astray), 402, 'Destination mismatch');
});

test('the reference server: its alphabet, its bodies, its receipts, no waiting, no POST', async () => {
  const { devnet, payer, merchant } = testBed;
  const reference = `${url}&flavour=reference`;
  const demand = await ask(reference);
  expect(demand.headers.get('PAYMENT-REQUIRED')).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(await demand.json()).toEqual({ x402Version: 2, error: 'Payment Required' });
  const [entry] = offerIn(demand).accepts;
  if (entry === undefined) throw new Error('no entry');

  devnet.faults.set({ kind: 'never_confirm', times: 1 });
  const hash = await payer.send(entry.payTo, BigInt(entry.amount));
  const paymentSignature = signed(entry, settlement(entry, hash));
  const early = await present(reference, paymentSignature);
  expect([early.status, early.headers.has('PAYMENT-REQUIRED')]).toEqual([402, false]);
  expect(await early.json()).toEqual({ error: 'Block not confirmed' });
  const { challengeId } = settlement(entry, hash);
  const result = { version: 'ns8', mechanism: 'nano-nym-exact', challengeId, sendHash: hash };
  expect(receiptIn(early)).toEqual({
    x402Version: 2,
    result: { ...result, mode: 'failed', error: 'Block not confirmed' },
  });

  devnet.elections.confirm(hash);
  const post = await ask(reference, { method: 'POST', body: JSON.stringify({ paymentSignature }) });
  expect(post.status).toBe(405);
  const paid = await present(reference, paymentSignature);
  expect(paid.status).toBe(200);
  expect(await paid.text()).toContain(PAID_MARKER);
  expect(receiptIn(paid)).toEqual({
    x402Version: 2,
    result: {
      ...result,
      mode: 'settled',
      destination: merchant.payTo,
      amount: entry.amount,
      payerAccount: payer.address,
      settledAt: expect.stringMatching(/Z$/),
    },
    success: true,
  });
  const replay = await present(reference, paymentSignature);
  expect([replay.status, replay.headers.has('PAYMENT-RESPONSE')]).toEqual([402, false]);
  await expectRefusal(present(reference, '%%%'), 400, 'Invalid PAYMENT-SIGNATURE encoding');
});
