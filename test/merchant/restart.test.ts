import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PAID_MARKER } from './pages/layout.ts';
import { ask, errorIn, openTestBed, present, quote, signed, type TestBed } from './testing/test-bed.ts';

let testBed: TestBed;
let dataDir: string;
let url: string;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'merchant-restart-'));
  testBed = await openTestBed({ dataDir });
  url = `${testBed.merchant.origin}/article`;
});
afterEach(async () => {
  await testBed.close();
  rmSync(dataDir, { recursive: true });
});

async function paidProof(from: string) {
  const entry = await quote(from);
  const hash = await testBed.payer.pay(entry.payTo, BigInt(entry.amount));
  return { hash, entry, signature: testBed.payer.sign(hash + from) };
}

const fallback = (paymentSignature: string) =>
  ask(url, { method: 'POST', body: JSON.stringify({ paymentSignature }) });

test('a restart keeps origin, account, payments and the spent set', async () => {
  const { merchant } = testBed;
  const { payTo } = merchant;
  const { hash, entry } = await paidProof(url);
  expect((await present(url, signed(entry, { proof: hash }))).status).toBe(200);
  const { payments } = merchant.books();
  await merchant.restart();
  expect(merchant.books()).toMatchObject({ payTo, payments });
  const replay = await present(url, signed(await quote(url), { proof: hash.toLowerCase() }));
  expect([replay.status, replay.headers.has('PAYMENT-REQUIRED')]).toEqual([402, true]);
  expect(merchant.books().refusals.map(({ reason }) => reason)).toEqual(['Payment already spent']);
  expect((await fallback(signed(entry, { proof: hash }))).status).toBe(410);
});

test('a nanoSignature proof stays spent after a restart, though the offer is quoted again', async () => {
  const signedUrl = `${url}?mechanism=nanoSignature`;
  const { hash, entry, signature } = await paidProof(signedUrl);
  const paymentSignature = signed(entry, { proof: hash, signature });
  expect((await present(signedUrl, paymentSignature)).status).toBe(200);
  await testBed.merchant.restart();
  await quote(signedUrl);
  await present(signedUrl, paymentSignature);
  expect(testBed.merchant.books().refusals.map(({ reason }) => reason)).toEqual(['Payment already spent']);
});

test('a session from before gets 410 SESSION_LOST by header and its content by POST, once', async () => {
  const { hash, entry } = await paidProof(url);
  const paymentSignature = signed(entry, { proof: hash });
  await testBed.merchant.restart();
  const lost = await present(url, paymentSignature);
  expect(lost.status).toBe(410);
  expect(await lost.json()).toMatchObject({ code: 'SESSION_LOST' });

  const cheaper = signed({ ...entry, amount: '1' }, { proof: hash });
  expect(await (await fallback(cheaper)).text()).toContain('Requirements mismatch for issued session');
  const found = await fallback(paymentSignature);
  expect(found.status).toBe(200);
  expect(await found.text()).toContain(PAID_MARKER);
  expect(await errorIn(await fallback(paymentSignature))).toBe('Session not found or expired');
});

test('the POST fallback does not outlive the offer', async () => {
  const { hash, entry } = await paidProof(url);
  await testBed.merchant.restart();
  testBed.passTime(180_000);
  expect((await fallback(signed(entry, { proof: hash }))).status).toBe(410);
});

test('a line torn by a crash is cut off; the whole ones before it count', async () => {
  const { hash, entry } = await paidProof(url);
  expect((await present(url, signed(entry, { proof: hash }))).status).toBe(200);
  const ledger = join(dataDir, 'spent.jsonl');
  const whole = readFileSync(ledger, 'utf8');
  appendFileSync(ledger, '{"mechanism":"nanoSess');
  await testBed.merchant.restart();
  expect(readFileSync(ledger, 'utf8')).toBe(whole);
  const next = await paidProof(url);
  expect((await present(url, signed(next.entry, { proof: next.hash }))).status).toBe(200);
  await testBed.merchant.restart();
  expect(testBed.merchant.books().payments.map((payment) => payment.hash)).toEqual([hash, next.hash]);
});
