import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AcceptsEntry } from '../envelope.ts';
import { PAID_MARKER } from '../pages/layout.ts';
import { fundedPayer } from '../testing/payer.ts';
import {
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

const Extra = v.object({
  nanoSession: v.object({
    id: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
    tag: v.number(),
    resourceAmountRaw: v.string(),
    tagAmountRaw: v.string(),
    expiresAt: v.pipe(v.string(), v.isoTimestamp()),
  }),
});

let testBed: TestBed;
let url: string;
beforeAll(async () => {
  testBed = await openTestBed();
  url = `${testBed.merchant.origin}/api/private?price=${XNO / 100n}`;
});
afterAll(() => testBed?.close());

const sessionOf = (entry: AcceptsEntry) => v.parse(Extra, entry.extra).nanoSession;

async function payFor(entry: AcceptsEntry): Promise<string> {
  return testBed.payer.pay(entry.payTo, BigInt(entry.amount));
}

async function expectRefusal(
  answer: Promise<Response>,
  status: number,
  error: string | RegExp,
): Promise<void> {
  const response = await answer;
  expect(response.status).toBe(status);
  const body = await response.clone().text();
  expect(body).not.toContain(PAID_MARKER);
  expect(await errorIn(response)).toEqual(expect.stringMatching(error));
}

test('a paid session gets the content once, and the records say so', async () => {
  const entry = await quote(url);
  const proof = await payFor(entry);
  const response = await present(url, signed(entry, { proof }));
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(PAID_MARKER);
  expect(receiptIn(response)).toMatchObject({
    success: true,
    transaction: proof,
    payer: testBed.payer.address,
  });
  const { id } = sessionOf(entry);
  const records = testBed.merchant.books();
  expect(records.sessions.find((session) => session.id === id)?.state).toBe('settled');
  expect(records.payments.find((payment) => payment.sessionId === id)).toMatchObject({
    mechanism: 'nanoSession',
    hash: proof,
    amountRaw: entry.amount,
    payTo: testBed.merchant.payTo,
    route: '/api/private',
    url,
  });
});

test('T2, T3, T4: every quote is new: id of 128 bits, its own amount, parts that sum', async () => {
  const entries = await Promise.all(Array.from({ length: 50 }, () => quote(url)));
  expect(new Set(entries.map((entry) => sessionOf(entry).id)).size).toBe(50);
  expect(new Set(entries.map((entry) => entry.amount)).size).toBe(50);
  for (const entry of entries) {
    const { resourceAmountRaw, tagAmountRaw } = sessionOf(entry);
    expect(BigInt(resourceAmountRaw)).toBe(XNO / 100n);
    expect(BigInt(resourceAmountRaw) + BigInt(tagAmountRaw)).toBe(BigInt(entry.amount));
  }
});

test('T5: a malformed payload gets 400', async () => {
  const entry = await quote(url);
  const good = signed(entry, { proof: '0'.repeat(64) });
  const malformed = [
    '%%%',
    '',
    good.slice(0, 40),
    Buffer.from('null').toString('base64'),
    Buffer.from(
      JSON.stringify({ x402Version: 1, accepted: entry, payload: { proof: '0'.repeat(64) } }),
    ).toString('base64'),
    signed(entry, {}),
    signed(entry, { proof: 7 }),
    signed(entry, { proof: 'not a hash' }),
    signed({ ...entry, amount: '1.5' }, { proof: '0'.repeat(64) }),
    signed({ ...entry, extra: null }, { proof: '0'.repeat(64) }),
  ];
  for (const header of malformed) {
    await expectRefusal(present(url, header), 400, 'Invalid PAYMENT-SIGNATURE payload');
  }
});

test('T6: an id that was never issued gets 410 SESSION_LOST', async () => {
  const entry = await quote(url);
  const unknown = { ...entry, extra: { nanoSession: { ...sessionOf(entry), id: 'f'.repeat(32) } } };
  const response = await present(url, signed(unknown, { proof: '0'.repeat(64) }));
  expect(response.status).toBe(410);
  expect(await response.json()).toEqual({ error: 'Session not found or expired', code: 'SESSION_LOST' });
});

test('T7: an unknown block gets 402 and a fresh offer', async () => {
  const entry = await quote(url);
  const response = await present(url, signed(entry, { proof: '0'.repeat(64) }));
  expect(response.status).toBe(402);
  const fresh = offerIn(response);
  expect(fresh.error).toBe('All RPC endpoints failed for action: block_info');
  expect(fresh.accepts[0]?.amount).not.toBe(entry.amount);
  expect(receiptIn(response)).toMatchObject({ x402Version: 2, success: false, error: fresh.error });
});

test('T8: a session of the client’s own making buys nothing, by header or by POST', async () => {
  const entry = await quote(url);
  const proof = await testBed.payer.pay(entry.payTo, 12345n);
  const made = {
    ...entry,
    amount: '12345',
    extra: {
      nanoSession: { ...sessionOf(entry), id: 'a'.repeat(32), resourceAmountRaw: '12345', tagAmountRaw: '0' },
    },
  };
  const paymentSignature = signed(made, { proof });
  await expectRefusal(present(url, paymentSignature), 410, 'Session not found');
  const body = JSON.stringify({ paymentSignature });
  await expectRefusal(fetch(url, { method: 'POST', body }), 410, 'Session not found');
});

test('T9, T11: an echo that differs from what was issued is refused', async () => {
  const entry = await quote(url);
  const proof = await testBed.payer.pay(testBed.merchant.payTo, 1n);
  const changed = [
    { ...entry, amount: '1' },
    { ...entry, payTo: testBed.payer.address },
    { ...entry, network: 'nano:beta' },
    { ...entry, maxTimeoutSeconds: 9999 },
    { ...entry, note: 'added' },
    JSON.parse(JSON.stringify(entry).replace('{', '{"__proto__":{"admin":true},')),
  ];
  for (const accepted of changed) {
    await expectRefusal(
      present(url, signed(accepted, { proof })),
      402,
      'Requirements mismatch for issued session',
    );
  }
});

test('a session is good for the URL it was issued for', async () => {
  const entry = await quote(url);
  const proof = await payFor(entry);
  const paymentSignature = signed(entry, { proof });
  const elsewhere = [
    url.replace('/private', '/credentialed'),
    `${url}&x=1`,
    url.replace('127.0.0.1', 'localhost'),
  ];
  for (const other of elsewhere) {
    await expectRefusal(present(other, paymentSignature), 402, 'Requirements mismatch for issued session');
  }
  expect((await present(url, paymentSignature)).status).toBe(200);
});

test('T10: an expired session is refused', async () => {
  const entry = await quote(`${url}&expiry=60`);
  const proof = await payFor(entry);
  testBed.passTime(60_000);
  await expectRefusal(
    present(`${url}&expiry=60`, signed(entry, { proof })),
    410,
    'Session not found or expired',
  );
});

test('T19, T21: a proof buys once, in whatever case it is written', async () => {
  const entry = await quote(url);
  const proof = await payFor(entry);
  expect((await present(url, signed(entry, { proof }))).status).toBe(200);
  await expectRefusal(present(url, signed(entry, { proof })), 410, 'Session not found');
  await expectRefusal(present(url, signed(entry, { proof: proof.toLowerCase() })), 410, 'Session not found');
  const next = await quote(url);
  await expectRefusal(
    present(url, signed(next, { proof: proof.toLowerCase() })),
    402,
    'Payment already spent',
  );
});

test('T20: a spent block buys nothing in a new session', async () => {
  const first = await quote(url);
  const proof = await payFor(first);
  expect((await present(url, signed(first, { proof }))).status).toBe(200);
  await expectRefusal(present(url, signed(await quote(url), { proof })), 402, 'Payment already spent');
});

test('T22: another visitor’s block is refused, and stays valid for its payer', async () => {
  const [payers, thieves] = await Promise.all([quote(url), quote(url)]);
  const proof = await payFor(payers);
  await expectRefusal(
    present(url, signed(thieves, { proof })),
    402,
    `Amount mismatch: expected ${thieves.amount}, got ${payers.amount}`,
  );
  expect((await present(url, signed(payers, { proof }))).status).toBe(200);
});

test('T24: a raw too little, a raw too much, the wrong payee, or no send at all', async () => {
  const entry = await quote(url);
  const amount = BigInt(entry.amount);
  const [less, more] = [
    await testBed.payer.pay(entry.payTo, amount - 1n),
    await testBed.payer.pay(entry.payTo, amount + 1n),
  ];
  await expectRefusal(present(url, signed(entry, { proof: less })), 402, 'Amount mismatch');
  await expectRefusal(present(url, signed(entry, { proof: more })), 402, 'Amount mismatch');
  const stranger = await fundedPayer(testBed.devnet, amount);
  const astray = await testBed.payer.pay(stranger.address, amount);
  await expectRefusal(present(url, signed(entry, { proof: astray })), 402, 'Address mismatch');
  const received = await stranger.receive(astray);
  await expectRefusal(present(url, signed(entry, { proof: received })), 402, 'Not a send block');
});

test('T27: of many deliveries at once exactly one gets the content', async () => {
  const entry = await quote(url);
  const proof = await payFor(entry);
  const answers = await Promise.all(Array.from({ length: 8 }, () => present(url, signed(entry, { proof }))));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 402 || status === 410)).toHaveLength(7);
  expect(testBed.merchant.books().payments.filter(({ hash }) => hash === proof)).toHaveLength(1);
});

test('T33: an oversized header is refused and the merchant lives', async () => {
  expect((await present(url, 'A'.repeat(32 * 1024))).status).toBe(431);
  expect((await fetch(url)).status).toBe(402);
});
