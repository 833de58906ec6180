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
  testBed = await openTestBed({ mechanisms: ['signedBlock'] });
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

async function expectRefusal(answer: Promise<Response>, error: string): Promise<void> {
  const response = await answer;
  expect(response.status).toBe(402);
  expect(await response.clone().text()).not.toContain(PAID_MARKER);
  expect(await errorIn(response)).toEqual(error);
}

test('a signed block gets the content without waiting for its confirmation', async () => {
  const entry = await quote(url);
  expect(entry.extra).toEqual({});
  expect(await quote(url)).toEqual(entry);
  const handedOver = await signedFor(entry);
  testBed.devnet.faults.set({ kind: 'never_confirm', times: 1 });
  const response = await bring(url, entry, handedOver);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(PAID_MARKER);
  expect(receiptIn(response)).toEqual({
    success: true,
    transaction: handedOver.hash,
    network: 'nano:devnet',
    payer: payer.address,
  });
  const { ledger } = testBed.devnet;
  expect(ledger.isConfirmed(ledger.find(handedOver.hash))).toBe(false);
});

test('the offer has no expiry, and link_as_account may be left out', async () => {
  const entry = await quote(url);
  const { block } = await signedFor(entry);
  testBed.passTime(1_000_000);
  const { link_as_account: _, ...bare } = block;
  expect((await present(url, signed(entry, { block: bare }))).status).toBe(200);
});

test('T5: the schema is strict', async () => {
  const entry = await quote(url);
  const handedOver = await signedFor(entry);
  const wrong = [
    { type: 'send' },
    { note: 'one more key' },
    { subtype: 'send' },
    { work: '' },
    { account: 'nano_1' },
    { balance: '1.0' },
    { signature: undefined },
  ];
  for (const otherwise of wrong) {
    await expectRefusal(bring(url, entry, handedOver, otherwise), 'error_invalid_block');
  }
  expect(isOnLedger(handedOver)).toBe(false);
});

test('T9, T11: only what was issued for this URL', async () => {
  const entry = await quote(url);
  const handedOver = await signedFor(entry);
  for (const otherwise of [{ amount: '1' }, { payTo: payer.address }, { network: 'nano:beta' }]) {
    await expectRefusal(
      bring(url, { ...entry, ...otherwise }, handedOver),
      'No matching payment requirements',
    );
  }
});

test('T15 to T18: amount, link, signature, frontier, work', async () => {
  const entry = await quote(url);
  const self = readAddress(payer.address);
  const old = self && testBed.devnet.ledger.head(self);
  if (self === undefined || old === undefined) throw new Error('no chain');
  await payer.pay(payer.address, 1n);
  const price = BigInt(entry.amount);
  const good = await signedFor(entry);
  const flipped = (good.block.signature.startsWith('0') ? '1' : '0') + good.block.signature.slice(1);
  const amount = (spent: bigint) => `[error_facilitator] - Amount mismatch: expected ${price}, got ${spent}`;
  const cases: (readonly [SignedSend, string, object?])[] = [
    [await signedFor(entry, { link: self }), 'error_payto_link_mismatch', { link_as_account: entry.payTo }],
    [good, 'error_payto_link_mismatch', { link_as_account: entry.payTo.replace('nano_', 'xrb_') }],
    [await payer.signSend(entry.payTo, 1n), amount(1n)],
    [await payer.signSend(entry.payTo, price + 1n), amount(price + 1n)],
    [good, 'error_invalid_block', { signature: flipped }],
    [
      good,
      'error_invalid_work',
      { work: hex64(noWork(good.block.previous, testBed.devnet.ledger.thresholds.send)) },
    ],
    [
      await signedFor(entry, { previous: old.hash, balance: old.block.balance - price }),
      'error_invalid_work',
    ],
  ];
  for (const [handedOver, error, otherwise] of cases) {
    await expectRefusal(bring(url, entry, handedOver, otherwise), error);
    expect(isOnLedger(handedOver)).toBe(false);
  }
  expect((await bring(url, entry, good)).status).toBe(200);
});

test('too little money, or no account at all', async () => {
  const dear = `${url}&price=${2n * XNO}`;
  const entry = await quote(dear);
  const handedOver = await payer.signSend(entry.payTo, XNO);
  await expectRefusal(bring(dear, entry, handedOver), 'error_not_enough_balance');
  const unopened = { account: testBed.merchant.payTo };
  await expectRefusal(bring(dear, entry, handedOver, unopened), 'error_no_account_frontier');
});

test('T19, T27, T28: a block buys once, a frontier carries one', async () => {
  const held = `${url}&hold=1`;
  const entry = await quote(held);
  const handedOver = await signedFor(entry);
  const answers = await Promise.all([1, 2, 3].map(() => bring(held, entry, handedOver)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 402, 402]);
  await expectRefusal(bring(held, entry, handedOver), '[error_facilitator] - Payment already spent');
  const representative = readAddress(entry.payTo);
  if (representative === undefined) throw new Error('no payee');
  await expectRefusal(
    bring(held, entry, await signedFor(entry, { representative })),
    '[error_facilitator] - Another block on this frontier is being settled',
  );
  expect(isOnLedger(handedOver)).toBe(false);
});

test('the example server: its bodies and its settlement', async () => {
  const reference = `${url}&flavour=reference`;
  const demand = await ask(reference);
  expect(await demand.json()).toEqual({ error: 'Payment Required', message: expect.any(String) });
  const [entry] = offerIn(demand).accepts;
  if (entry === undefined) throw new Error('no entry');
  const handedOver = await signedFor(entry);
  const invalid = await bring(reference, entry, handedOver, { note: 'one more key' });
  expect([invalid.status, invalid.headers.has('PAYMENT-REQUIRED')]).toEqual([402, true]);
  expect(await invalid.json()).toEqual({ error: 'Invalid Payment', reason: 'error_invalid_block' });
  const bare = await bring(reference, entry, handedOver, { link_as_account: undefined });
  expect(await bare.json()).toEqual({ error: 'Invalid Payment', reason: 'error_payto_link_mismatch' });

  testBed.devnet.faults.set({ kind: 'http_status', status: 503, action: 'process', times: 1 });
  const late = await signedFor(entry);
  expect((await bring(reference, entry, late)).status).toBe(500);
  await payer.pay(payer.address, 1n);
  const unsettled = await bring(reference, entry, late);
  expect([unsettled.status, unsettled.headers.has('PAYMENT-REQUIRED')]).toEqual([402, false]);
  expect(await unsettled.json()).toEqual({});
  expect(receiptIn(unsettled)).toEqual({
    success: false,
    network: 'nano:devnet',
    transaction: '',
    errorReason: 'error_nano_rpc',
    payer: payer.address,
  });

  const good = await signedFor(entry);
  const settled = await bring(reference, entry, good);
  expect(settled.status).toBe(200);
  expect(await settled.text()).toContain(PAID_MARKER);
  expect(receiptIn(settled)).toEqual({
    success: true,
    transaction: good.hash,
    network: 'nano:devnet',
    payer: payer.address,
  });
});
