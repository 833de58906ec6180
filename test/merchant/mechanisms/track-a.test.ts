import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readAddress } from '../../devnet/address.ts';
import { hex64, noWork } from '../../devnet/work.ts';
import type { AcceptsEntry } from '../envelope.ts';
import { PAID_MARKER } from '../pages/layout.ts';
import { fundedPayer, type Payer, type SignedSend } from '../testing/payer.ts';
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
let payer: Payer;
beforeAll(async () => {
  testBed = await openTestBed({ mechanisms: ['trackA'], patience: { attempts: 50, intervalMs: 10 } });
  url = `${testBed.merchant.origin}/api/private?b=2`;
});
beforeEach(async () => {
  payer = await fundedPayer(testBed.devnet, XNO);
});
afterAll(() => testBed?.close());

const signedFor = ({ payTo, amount }: AcceptsEntry, fields: Parameters<Payer['signSend']>[2] = {}) =>
  payer.signSend(payTo, BigInt(amount), fields);
const bring = (at: string, entry: AcceptsEntry, { block }: SignedSend, otherwise: object = {}) =>
  present(at, signed(entry, { block: { ...block, ...otherwise } }));
const isOnLedger = ({ hash }: SignedSend) => testBed.devnet.ledger.entry(hash) !== undefined;

async function expectRefusal(answer: Promise<Response>, status: number, error: string): Promise<void> {
  const response = await answer;
  expect(response.status).toBe(status);
  expect(await response.clone().text()).not.toContain(PAID_MARKER);
  expect(await errorIn(response)).toEqual(error);
}

test('a signed block gets the content, and the merchant has published it and seen it confirmed', async () => {
  const entry = await quote(url);
  expect(entry.extra).toEqual({ validBefore: expect.any(Number) });
  const handedOver = await signedFor(entry);
  const response = await bring(url, entry, handedOver);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(PAID_MARKER);
  expect(receiptIn(response)).toMatchObject({ success: true, transaction: handedOver.hash });
  const { ledger } = testBed.devnet;
  expect(ledger.isConfirmed(ledger.find(handedOver.hash))).toBe(true);
  const { payments, cheques: handedOverBlocks } = testBed.merchant.books();
  expect(payments).toContainEqual(
    expect.objectContaining({ mechanism: 'trackA', hash: handedOver.hash, payer: payer.address }),
  );
  expect(handedOverBlocks).toContainEqual(
    expect.objectContaining({ hash: handedOver.hash, state: 'published' }),
  );
});

test('T5: a block with something missing or wrong', async () => {
  const entry = await quote(url);
  const handedOver = await signedFor(entry);
  const wrong = [
    { type: 'send' },
    { account: 'nano_1' },
    { previous: 'zz' },
    { representative: undefined },
    { balance: '0x10' },
    { link: entry.payTo },
    { link_as_account: undefined },
    { signature: 'ab' },
    { work: undefined },
  ];
  for (const otherwise of wrong) {
    await expectRefusal(bring(url, entry, handedOver, otherwise), 400, 'MALFORMED_PAYLOAD');
  }
  await expectRefusal(present(url, signed(entry, {})), 400, 'MALFORMED_PAYLOAD');
});

test('hex is taken in either case, or in lower case alone', async () => {
  const entry = await quote(url);
  const handedOver = await signedFor(entry);
  const { previous, link, signature } = handedOver.block;
  const lower = {
    previous: previous.toLowerCase(),
    link: link.toLowerCase(),
    signature: signature.toLowerCase(),
  };
  const particular = `${url}&hex=lower`;
  const other = await quote(particular);
  await expectRefusal(bring(particular, other, handedOver), 400, 'MALFORMED_PAYLOAD');
  expect((await bring(particular, other, handedOver, lower)).status).toBe(200);
  expect((await bring(url, entry, await signedFor(entry))).status).toBe(200);
});

test('T9, T10, T11: other terms than were issued, or too late', async () => {
  const brief = `${url}&expiry=60`;
  const entry = await quote(brief);
  const handedOver = await signedFor(entry);
  for (const otherwise of [{ amount: '1' }, { payTo: payer.address }, { network: 'nano:beta' }]) {
    const changed = bring(brief, { ...entry, ...otherwise }, handedOver);
    await expectRefusal(changed, 402, 'No matching payment requirements');
  }
  testBed.passTime(60_000);
  await expectRefusal(bring(brief, entry, handedOver), 402, 'PAYMENT_EXPIRED');
  expect(isOnLedger(handedOver)).toBe(false);
});

test('T15, T16, T17, T18: amount, link, signature, frontier, each in its turn', async () => {
  const entry = await quote(url);
  const self = readAddress(payer.address);
  const old = self && testBed.devnet.ledger.head(self);
  if (self === undefined || old === undefined) throw new Error('no chain');
  await payer.pay(payer.address, 1n);
  const price = BigInt(entry.amount);
  const stale = { previous: old.hash, balance: old.block.balance - price };
  const link_as_account = entry.payTo;
  const good = await signedFor(entry);
  const flipped = (good.block.signature.startsWith('0') ? '1' : '0') + good.block.signature.slice(1);
  const cases: (readonly [SignedSend, string, object?])[] = [
    [await signedFor(entry, { link: self }), 'WRONG_DESTINATION', { link_as_account }],
    [await payer.signSend(entry.payTo, 1n), 'INSUFFICIENT_AMOUNT'],
    [await payer.signSend(entry.payTo, price + 1n), 'INSUFFICIENT_AMOUNT'],
    [await signedFor(entry, stale), 'STALE_FRONTIER'],
    [good, 'INVALID_SIGNATURE', { signature: flipped }],
    [good, 'INVALID_WORK', { work: 'xyz' }],
  ];
  for (const [handedOver, error, otherwise] of cases) {
    await expectRefusal(bring(url, entry, handedOver, otherwise), 402, error);
    expect(isOnLedger(handedOver)).toBe(false);
  }
  expect((await bring(url, entry, good)).status).toBe(200);
});

test('T19, T27: a block buys once', async () => {
  const entry = await quote(url);
  const handedOver = await signedFor(entry);
  const answers = await Promise.all([1, 2, 3].map(() => bring(url, entry, handedOver)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 402, 402]);
  await expectRefusal(bring(url, entry, handedOver), 402, 'DUPLICATE_BLOCK_HASH');
});

test('T28: of two blocks on one frontier, one', async () => {
  const entry = await quote(url);
  const one = await signedFor(entry);
  const representative = readAddress(entry.payTo);
  if (representative === undefined) throw new Error('no payee');
  const other = await signedFor(entry, { representative });
  const answers = await Promise.all([one, other].map((handedOver) => bring(url, entry, handedOver)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 402]);
  const refused = answers.find(({ status }) => status === 402);
  expect(await (refused && errorIn(refused))).toBe('DUPLICATE_FRONTIER');
});

test('T29: a handler that fails charges nothing', async () => {
  const failing = `${url}&refuse-first=1&refuse-with=500`;
  const entry = await quote(failing);
  const handedOver = await signedFor(entry);
  expect((await bring(failing, entry, handedOver)).status).toBe(500);
  expect(isOnLedger(handedOver)).toBe(false);
  expect((await bring(failing, entry, handedOver)).status).toBe(200);
});

test('a block that is slow to confirm is settled when it is brought again', async () => {
  const entry = await quote(url);
  const handedOver = await signedFor(entry);
  testBed.devnet.faults.set({ kind: 'never_confirm', times: 1 });
  await expectRefusal(bring(url, entry, handedOver), 402, 'CONFIRMATION_TIMEOUT');
  testBed.devnet.elections.confirm(handedOver.hash);
  expect((await bring(url, entry, handedOver)).status).toBe(200);
});

test('a block with work that the node rejects bounces, and another block on the frontier is accepted', async () => {
  const entry = await quote(url);
  const handedOver = await signedFor(entry);
  const bounced = 'BROADCAST_FAILED: Block work is less than threshold';
  const work = hex64(noWork(handedOver.block.previous, testBed.devnet.ledger.thresholds.receive));
  await expectRefusal(bring(url, entry, handedOver, { work }), 402, bounced);
  const { cheques: handedOverBlocks } = testBed.merchant.books();
  expect(handedOverBlocks).toContainEqual(
    expect.objectContaining({ hash: handedOver.hash, state: 'bounced' }),
  );
  expect((await bring(url, entry, handedOver)).status).toBe(200);
});

test('a frontier that moved while the node was away', async () => {
  const entry = await quote(url);
  const handedOver = await signedFor(entry);
  testBed.devnet.faults.set({ kind: 'http_status', status: 503, action: 'process', times: 1 });
  expect((await bring(url, entry, handedOver)).status).toBe(500);
  await payer.pay(payer.address, 1n);
  await expectRefusal(bring(url, entry, handedOver), 402, 'FRONTIER_CHANGED');
  await expectRefusal(bring(url, entry, handedOver), 402, 'STALE_FRONTIER');
});

test('a publication whose response is lost is found by the block’s hash', async () => {
  const entry = await quote(url);
  const handedOver = await signedFor(entry);
  testBed.devnet.faults.set({ kind: 'drop_reply_after_accepting', action: 'process', times: 1 });
  expect((await bring(url, entry, handedOver)).status).toBe(500);
  expect((await bring(url, entry, handedOver)).status).toBe(200);
});

test('a held block buys and stays off the ledger until it is published', async () => {
  const held = `${url}&hold=1`;
  const entry = await quote(held);
  const handedOver = await signedFor(entry);
  expect((await bring(held, entry, handedOver)).status).toBe(200);
  expect(isOnLedger(handedOver)).toBe(false);
  await expectRefusal(bring(held, entry, handedOver), 402, 'DUPLICATE_BLOCK_HASH');
  expect(await testBed.merchant.publishHeld()).toEqual([{ kind: 'published' }]);
  expect(isOnLedger(handedOver)).toBe(true);
});

test('a held block bounces once the payer’s frontier has moved', async () => {
  const held = `${url}&hold=1`;
  const entry = await quote(held);
  const handedOver = await signedFor(entry);
  expect((await bring(held, entry, handedOver)).status).toBe(200);
  await payer.pay(payer.address, 1n);
  expect(await testBed.merchant.publishHeld()).toEqual([{ kind: 'bounced', moved: true, reason: 'Fork' }]);
  expect(isOnLedger(handedOver)).toBe(false);
});

test('a block is published late, some time after the response, where the terms say so', async () => {
  const late = `${url}&publish=late`;
  const entry = await quote(late);
  const handedOver = await signedFor(entry);
  expect((await bring(late, entry, handedOver)).status).toBe(200);
  expect(isOnLedger(handedOver)).toBe(false);
  await expect.poll(() => isOnLedger(handedOver)).toBe(true);
});

test('the reference server: its alphabet, bodies, receipts and status codes', async () => {
  const { devnet, merchant } = testBed;
  const reference = `${url}&flavour=reference`;
  const demand = await ask(reference);
  expect(demand.headers.get('PAYMENT-REQUIRED')).toMatch(/^[A-Za-z0-9_-]+$/);
  const paymentRequired = offerIn(demand);
  expect(await demand.json()).toMatchObject({ x402Version: 2, track: 'a', paymentRequired });
  const [entry] = paymentRequired.accepts;
  if (entry === undefined) throw new Error('no entry');

  const handedOver = await signedFor(entry);
  await expectRefusal(
    bring(reference, entry, handedOver, { signature: '0'.repeat(128) }),
    400,
    'INVALID_SIGNATURE',
  );
  devnet.faults.set({ kind: 'never_confirm', times: 1 });
  await expectRefusal(bring(reference, entry, handedOver), 408, 'CONFIRMATION_TIMEOUT');
  devnet.elections.confirm(handedOver.hash);
  const paid = await bring(reference, entry, handedOver);
  expect(paid.status).toBe(200);
  expect(await paid.text()).toContain(PAID_MARKER);
  expect(receiptIn(paid)).toEqual({
    x402Version: 2,
    result: {
      version: '1.0',
      track: 'a',
      mode: 'settled',
      deposit: merchant.payTo,
      blockHash: handedOver.hash,
    },
    success: true,
  });
  await expectRefusal(bring(reference, entry, handedOver), 409, 'Session already settled');
  const unissued = { ...entry, amount: '1' };
  const unknown = 'No active session for this deposit and track';
  await expectRefusal(bring(reference, unissued, handedOver), 404, unknown);
  testBed.passTime(180_000);
  await expectRefusal(bring(reference, entry, handedOver), 410, 'Challenge expired');
});
