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
  testBed = await openTestBed({ mechanisms: ['trackB'] });
  url = `${testBed.merchant.origin}/api/private?b=2`;
});
afterAll(() => testBed?.close());

const payFor = (entry: AcceptsEntry) => testBed.payer.pay(entry.payTo, BigInt(entry.amount));

/** The payload for a block, with what a test wants otherwise. */
function proofOf({ extra }: AcceptsEntry, hash: string, otherwise: object = {}, payer = testBed.payer) {
  const blockHash = hash.toLowerCase();
  const signature = payer.signOffChain(`${blockHash}:${extra.nonce}:${extra.validBefore}`);
  return { blockHash, account: payer.address, signature, ...otherwise };
}

async function expectRefusal(answer: Promise<Response>, status: number, error: string): Promise<void> {
  const response = await answer;
  expect(response.status).toBe(status);
  expect(await response.clone().text()).not.toContain(PAID_MARKER);
  expect(await errorIn(response)).toEqual(error);
}

test('a signed payment gets the content; every challenge has its own nonce', async () => {
  const entry = await quote(url);
  const { nonce, validBefore } = entry.extra;
  expect(Object.keys(entry.extra)).toEqual(['nonce', 'validBefore']);
  expect(nonce).toMatch(/^[0-9a-f]{64}$/);
  expect(Number(validBefore) - Date.now() / 1000).toBeCloseTo(180, -1);
  expect((await quote(url)).extra.nonce).not.toBe(nonce);
  const hash = await payFor(entry);
  const response = await present(url, signed(entry, proofOf(entry, hash)));
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(PAID_MARKER);
  expect(receiptIn(response)).toMatchObject({ success: true, transaction: hash });
});

test('an xrb_ spelling of the payer is the same account', async () => {
  const entry = await quote(url);
  const account = testBed.payer.address.replace('nano_', 'xrb_');
  const proof = proofOf(entry, await payFor(entry), { account });
  expect((await present(url, signed(entry, proof))).status).toBe(200);
});

test('T5, T13, T21: malformed, unsigned, or in upper case', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  const { signature } = proofOf(entry, hash);
  const wrong = [
    { signature: undefined },
    { account: undefined },
    { account: testBed.payer.address.replace(/.$/, (last) => (last === '1' ? '3' : '1')) },
    { blockHash: hash.toUpperCase() },
    { signature: signature.toUpperCase() },
  ];
  for (const otherwise of wrong) {
    const paymentSignature = signed(entry, proofOf(entry, hash, otherwise));
    await expectRefusal(present(url, paymentSignature), 400, 'MALFORMED_PAYLOAD');
  }
});

test('T9, T11: only what was issued for this URL', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  const changed = [
    { ...entry, amount: '1' },
    { ...entry, payTo: testBed.payer.address },
    { ...entry, network: 'nano:beta' },
    { ...entry, extra: { ...entry.extra, validBefore: Number(entry.extra.validBefore) + 60 } },
    { ...entry, extra: { ...entry.extra, nonce: 'a'.repeat(64) } },
  ];
  for (const accepted of changed) {
    const paymentSignature = signed(accepted, proofOf(accepted, hash));
    await expectRefusal(present(url, paymentSignature), 402, 'No matching payment requirements');
  }
  const elsewhere = `${testBed.merchant.origin}/api/private?b=3`;
  const astray = present(elsewhere, signed(entry, proofOf(entry, hash)));
  await expectRefusal(astray, 402, 'No matching payment requirements');
});

test('T10: a challenge that is over', async () => {
  const brief = `${url}&expiry=60`;
  const entry = await quote(brief);
  const proof = proofOf(entry, await payFor(entry));
  testBed.passTime(60_000);
  await expectRefusal(present(brief, signed(entry, proof)), 402, 'PAYMENT_EXPIRED');
});

test('T12, T22, T26: the signature of another challenge, of another account, of another block', async () => {
  const entry = await quote(url);
  const other = await quote(url);
  const hash = await payFor(entry);
  const thief = await fundedPayer(testBed.devnet, XNO);
  const stolen = proofOf(entry, hash, {}, thief);
  const posing = { ...stolen, account: testBed.payer.address };
  const zero = proofOf(entry, '0'.repeat(64));
  const cases = [
    [proofOf(other, hash), 'INVALID_SIGNATURE'],
    [posing, 'INVALID_SIGNATURE'],
    [{ ...zero, blockHash: hash.toLowerCase() }, 'INVALID_SIGNATURE'],
    [stolen, 'SENDER_MISMATCH'],
    [zero, 'BLOCK_NOT_FOUND'],
  ] as const;
  for (const [proof, error] of cases) await expectRefusal(present(url, signed(entry, proof)), 402, error);
  expect((await present(url, signed(entry, proofOf(entry, hash)))).status).toBe(200);
});

test('T24: too little is refused, more will do; elsewhere, or no send at all', async () => {
  const entry = await quote(url);
  const less = await testBed.payer.pay(entry.payTo, BigInt(entry.amount) - 1n);
  await expectRefusal(present(url, signed(entry, proofOf(entry, less))), 402, 'INSUFFICIENT_AMOUNT');
  const astray = await testBed.payer.pay(testBed.payer.address, BigInt(entry.amount));
  await expectRefusal(present(url, signed(entry, proofOf(entry, astray))), 402, 'WRONG_DESTINATION');
  const receive = await testBed.payer.receive(astray);
  await expectRefusal(present(url, signed(entry, proofOf(entry, receive))), 402, 'WRONG_BLOCK_TYPE');
  const more = await testBed.payer.pay(entry.payTo, BigInt(entry.amount) + 1n);
  expect((await present(url, signed(entry, proofOf(entry, more)))).status).toBe(200);
  const amountRaw = String(BigInt(entry.amount) + 1n);
  expect(testBed.merchant.books().payments).toContainEqual(
    expect.objectContaining({ hash: more, amountRaw }),
  );
});

test('T19, T20, T27: a block buys once; a nonce may serve for another block', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  const paymentSignature = signed(entry, proofOf(entry, hash));
  const answers = await Promise.all([1, 2, 3].map(() => present(url, paymentSignature)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 402, 402]);
  const fresh = await quote(url);
  await expectRefusal(present(url, signed(fresh, proofOf(fresh, hash))), 402, 'DUPLICATE_BLOCK_HASH');
  const second = await payFor(entry);
  expect((await present(url, signed(entry, proofOf(entry, second)))).status).toBe(200);
});

test('T23 as the reference server has it: 400 at once, and granted when it is confirmed', async () => {
  const { devnet, payer, merchant } = testBed;
  const reference = `${url}&flavour=reference`;
  const demand = await ask(reference);
  expect(demand.headers.get('PAYMENT-REQUIRED')).toMatch(/^[A-Za-z0-9_-]+$/);
  const paymentRequired = offerIn(demand);
  expect(await demand.json()).toEqual({
    x402Version: 2,
    track: 'b',
    deposit: merchant.payTo,
    isResume: false,
    paymentRequired,
  });
  const [entry] = paymentRequired.accepts;
  if (entry === undefined) throw new Error('no entry');

  devnet.faults.set({ kind: 'never_confirm', times: 1 });
  const hash = await payer.send(entry.payTo, BigInt(entry.amount));
  const proof = proofOf(entry, hash);
  await expectRefusal(present(reference, signed(entry, proof)), 400, 'Block not found or not confirmed');
  devnet.elections.confirm(hash);
  const paid = await present(reference, signed(entry, proof));
  expect(paid.status).toBe(200);
  expect(await paid.text()).toContain(PAID_MARKER);
  expect(paid.headers.get('PAYMENT-RESPONSE')).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(receiptIn(paid)).toEqual({
    x402Version: 2,
    result: {
      version: '1.0',
      track: 'b',
      mode: 'settled',
      deposit: merchant.payTo,
      blockHash: hash.toLowerCase(),
      payerAccount: payer.address,
    },
    success: true,
  });

  const replay = await present(reference, signed(entry, proof));
  expect(replay.headers.has('PAYMENT-REQUIRED')).toBe(false);
  await expectRefusal(Promise.resolve(replay), 409, 'Block hash already spent (receipt reuse prevented)');
  const unissued = signed({ ...entry, amount: '1' }, proof);
  await expectRefusal(present(reference, unissued), 404, 'No active session for this deposit and track');
  const forged = signed(entry, { ...proof, signature: '0'.repeat(128) });
  await expectRefusal(present(reference, forged), 400, 'Invalid NOMS signature');
  testBed.passTime(180_000);
  await expectRefusal(present(reference, signed(entry, proof)), 410, 'Challenge expired');
});
