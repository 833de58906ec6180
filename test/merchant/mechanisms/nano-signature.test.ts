import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AcceptsEntry } from '../envelope.ts';
import { PAID_MARKER } from '../pages/layout.ts';
import { fundedPayer } from '../testing/payer.ts';
import {
  errorIn,
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
  testBed = await openTestBed({ mechanisms: ['nanoSignature'] });
  url = `${testBed.merchant.origin}/api/private?b=2&a=1`;
});
afterAll(() => testBed?.close());

const payFor = (entry: AcceptsEntry) => testBed.payer.pay(entry.payTo, BigInt(entry.amount));
const proofOf = (proof: string, signedUrl = url) => ({
  proof,
  signature: testBed.payer.sign(proof + signedUrl),
});

async function expectRefusal(answer: Promise<Response>, status: number, error: string): Promise<void> {
  const response = await answer;
  expect(response.status).toBe(status);
  expect(await response.clone().text()).not.toContain(PAID_MARKER);
  expect(await errorIn(response)).toBe(error);
}

test('a signed payment gets the content, and the merchant has received it', async () => {
  const entry = await quote(url);
  expect(entry.extra).toEqual({ nanoSignature: { url, messageToSign: 'block_hash+url' } });
  expect(entry.amount).toBe(String(XNO / 100n));
  const hash = await payFor(entry);
  const response = await present(url, signed(entry, proofOf(hash)));
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(PAID_MARKER);
  const receive = testBed.devnet.ledger.receiptOf(testBed.devnet.ledger.find(hash).hash);
  expect(receiptIn(response)).toMatchObject({ success: true, transaction: receive });
  expect(testBed.merchant.books().payments).toContainEqual(
    expect.objectContaining({
      mechanism: 'nanoSignature',
      hash,
      receiveHash: receive,
      url,
      amountRaw: entry.amount,
    }),
  );
});

test('the proof may be written in lower case when the signature says the same', async () => {
  const entry = await quote(url);
  const proof = (await payFor(entry)).toLowerCase();
  const mixed = { proof, signature: testBed.payer.sign(proof.toUpperCase() + url) };
  await expectRefusal(present(url, signed(entry, mixed)), 402, 'Cryptographic signature is invalid');
  expect((await present(url, signed(entry, proofOf(proof)))).status).toBe(200);
});

test('three proofs delivered at once are all honoured', async () => {
  const entry = await quote(url);
  const hashes = [await payFor(entry), await payFor(entry), await payFor(entry)];
  const answers = await Promise.all(hashes.map((hash) => present(url, signed(entry, proofOf(hash)))));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test('T9: an echo that differs from what was issued is refused', async () => {
  const entry = await quote(url);
  const hash = await testBed.payer.pay(entry.payTo, 1n);
  const elsewhere = {
    nanoSignature: { url: `${testBed.merchant.origin}/article`, messageToSign: 'block_hash+url' },
  };
  for (const accepted of [
    { ...entry, amount: '1' },
    { ...entry, payTo: testBed.payer.address },
    { ...entry, extra: elsewhere },
  ]) {
    await expectRefusal(
      present(url, signed(accepted, proofOf(hash))),
      402,
      'Requirements mismatch for issued offer',
    );
  }
});

test('an entry with the marks of two mechanisms is refused', async () => {
  const entry = await quote(url);
  const both = { ...entry, extra: { ...entry.extra, nanoSession: { id: 'a'.repeat(32) } } };
  const hash = await payFor(entry);
  await expectRefusal(present(url, signed(both, proofOf(hash))), 402, 'No matching payment requirements');
});

test('T10: an expired offer is refused', async () => {
  const brief = `${url}&expiry=60`;
  const entry = await quote(brief);
  const hash = await payFor(entry);
  testBed.passTime(60_000);
  await expectRefusal(
    present(brief, signed(entry, proofOf(hash, brief))),
    402,
    'Payment requirements expired',
  );
});

test('a URL without a quote is refused', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  const unquoted = `${testBed.merchant.origin}/api/private?never=quoted`;
  const accepted = { ...entry, extra: { nanoSignature: { url: unquoted, messageToSign: 'block_hash+url' } } };
  await expectRefusal(
    present(unquoted, signed(accepted, proofOf(hash, unquoted))),
    402,
    'Payment requirements expired',
  );
});

test('T19, T21: a proof buys once, in whatever case it is written and signed', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  expect((await present(url, signed(entry, proofOf(hash)))).status).toBe(200);
  await expectRefusal(present(url, signed(entry, proofOf(hash))), 402, 'Payment already spent');
  await expectRefusal(present(url, signed(entry, proofOf(hash.toLowerCase()))), 402, 'Payment already spent');
});

test('T20: a block spent by the other mechanism is spent', async () => {
  const sessionUrl = `${testBed.merchant.origin}/api/private?mechanism=nanoSession`;
  const session = await quote(sessionUrl);
  const hash = await payFor(session);
  expect((await present(sessionUrl, signed(session, { proof: hash }))).status).toBe(200);
  const priced = `${testBed.merchant.origin}/api/private?price=${session.amount}`;
  const entry = await quote(priced);
  await expectRefusal(present(priced, signed(entry, proofOf(hash, priced))), 402, 'Payment already spent');
});

test('T22, T26: only the sender of the block can sign for it, and an attempt by another does not spend it', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  const thief = await fundedPayer(testBed.devnet, XNO);
  const stolen = signed(entry, { proof: hash, signature: thief.sign(hash + url) });
  await expectRefusal(present(url, stolen), 402, 'Cryptographic signature is invalid');
  expect((await present(url, signed(entry, proofOf(hash)))).status).toBe(200);
});

test('T24: a raw too little or too much', async () => {
  const entry = await quote(url);
  for (const off of [-1n, 1n]) {
    const amount = BigInt(entry.amount) + off;
    const hash = await testBed.payer.pay(entry.payTo, amount);
    const error = `Amount mismatch: expected ${entry.amount}, got ${amount}`;
    await expectRefusal(present(url, signed(entry, proofOf(hash))), 402, error);
  }
});

test('T25: the signature is for one URL, byte for byte', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  const others = [
    url.replace('http:', 'https:'),
    url.replace('b=2&a=1', 'a=1&b=2'),
    url.replace('127.0.0.1', 'localhost'),
    `${url}#top`,
    url.replace('/api/private', '/article'),
    '',
  ];
  for (const other of others) {
    await expectRefusal(
      present(url, signed(entry, proofOf(hash, other))),
      402,
      'Cryptographic signature is invalid',
    );
  }
  for (const signature of ['', 'zz', 'a'.repeat(128)]) {
    const paymentSignature = signed(entry, { proof: hash, signature });
    await expectRefusal(present(url, paymentSignature), 402, 'Cryptographic signature is invalid');
  }
  const unsigned = signed(entry, { proof: hash });
  await expectRefusal(present(url, unsigned), 402, 'Signature required for nanoSignature verification');
});

test('T27: of many deliveries at once exactly one gets the content', async () => {
  const entry = await quote(url);
  const hash = await payFor(entry);
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => present(url, signed(entry, proofOf(hash)))),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 402, 402, 402, 402]);
});
