import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { NanoAddress } from '../../src/nano/account.ts';
import type { BlockHash } from '../../src/nano/block.ts';
import { deriveKeys, readSeedHex } from '../../src/nano/seed.ts';
import { explainOffer } from '../../src/protocol/explain/offer.ts';
import { explainProof } from '../../src/protocol/explain/proof.ts';
import type { NanoSessionOffer } from '../../src/protocol/mechanisms/nano-session.ts';
import { classify } from '../../src/protocol/offer/classify.ts';
import { makeProof } from '../../src/protocol/proof/proof.ts';
import { encodeProof } from '../../src/protocol/wire/envelope.ts';
import { type Devnet, startDevnet } from '../devnet/devnet.ts';
import { fundedPayer, type Payer } from './testing/payer.ts';
import { startTutorial, type Tutorial } from './testing/tutorial.ts';

const [SHOP, OTHER] = ['1', '2'].map((digit) => deriveKeys(readSeedHex(digit.repeat(64)), 0).address) as [
  NanoAddress,
  NanoAddress,
];

let devnet: Devnet;
let server: Tutorial;
let payer: Payer;
let url: string;
let visits = 0;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 30 });
  payer = await fundedPayer(devnet, 10n ** 30n);
  server = await startTutorial({ PAY_TO: SHOP, RPC: devnet.rpcUrl });
});
afterAll(async () => {
  await server?.close();
  await devnet?.close();
});
beforeEach(() => {
  url = `${server.origin}/article?n=${visits++}`;
});

async function offered(from = url): Promise<{ readonly header: string; readonly offer: NanoSessionOffer }> {
  const response = await fetch(from);
  expect(response.status).toBe(402);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const header = response.headers.get('payment-required') ?? '';
  const now = Date.now();
  const found = classify(header, { url: from, network: 'nano:devnet', arrivedAt: now, now });
  const offer = found.kind === 'offers' ? found.offers[0] : undefined;
  if (offer?.mechanism !== 'nanoSession') throw new Error('the tutorial offers no session');
  return { header, offer };
}

async function proofOf(offer: NanoSessionOffer, hash: string): Promise<string> {
  const sign = () => Promise.reject(new Error('nothing to sign'));
  return makeProof(offer, { hash: hash as BlockHash, account: payer.address as NanoAddress, sign });
}

async function deliver(proof: string, to = url): Promise<readonly [number, string]> {
  const response = await fetch(to, { headers: { 'PAYMENT-SIGNATURE': proof } });
  const fresh = explainOffer(response.headers.get('payment-required') ?? '', { now: Date.now() });
  return [response.status, fresh.error];
}

async function bought(): Promise<{ readonly offer: NanoSessionOffer; readonly hash: string }> {
  const { offer } = await offered();
  return { offer, hash: await payer.pay(offer.payTo, offer.amount) };
}

test('its offer and the proof for it have nothing wrong with them, and buy the page once', async () => {
  const { header, offer } = await offered();
  const context = { now: Date.now(), url };
  const [entry] = explainOffer(header, context).entries;
  expect(entry?.findings.map(({ key }) => key)).toEqual(['wire_payable']);
  const proof = await proofOf(offer, await payer.pay(offer.payTo, offer.amount));
  expect(explainProof(proof, context).findings.filter(({ tone }) => tone === 'wrong')).toEqual([]);
  expect(await deliver(proof)).toEqual([200, '']);
  expect(await deliver(proof)).toEqual([402, 'Session not found or expired']);
});

test('every offer is another one', async () => {
  const offers = await Promise.all(Array.from({ length: 20 }, () => offered()));
  expect(new Set(offers.map(({ offer }) => offer.oncePer)).size).toBe(20);
  expect(new Set(offers.map(({ offer }) => offer.amount)).size).toBe(20);
});

test('of two at once, one gets the page', async () => {
  const { offer, hash } = await bought();
  const proof = await proofOf(offer, hash);
  const both = await Promise.all([deliver(proof), deliver(proof), deliver(proof)]);
  expect(both.map(([status]) => status).sort()).toEqual([200, 402, 402]);
});

test('a spent block buys nothing more, in whichever case of letters', async () => {
  const { offer, hash } = await bought();
  expect((await deliver(await proofOf(offer, hash.toLowerCase())))[0]).toBe(200);
  const { offer: next } = await offered();
  for (const again of [hash, hash.toLowerCase()]) {
    expect((await deliver(await proofOf(next, again)))[0]).toBe(402);
  }
});

test('a page is bought at its own price, by its own offer, and nowhere else', async () => {
  const { offer, hash } = await bought();
  const cheap = { ...offer, accepted: { ...offer.accepted, amount: '1', payTo: payer.address } };
  const made = { ...offer.accepted, extra: { nanoSession: { id: 'f'.repeat(32) } } };
  const proof = await proofOf(offer, hash);
  expect(await deliver(proof, `${url}&other`)).toEqual([402, 'Session not found or expired']);
  expect(await deliver(encodeProof({ x402Version: 2, accepted: made, payload: { proof: hash } }))).toEqual([
    402,
    'Session not found or expired',
  ]);
  const other = await payer.pay(offer.payTo, offer.amount + 1n);
  expect(await deliver(await proofOf(cheap, other))).toEqual([402, 'Amount mismatch']);
  const elsewhere = await payer.pay(OTHER, offer.amount);
  expect(await deliver(await proofOf(cheap, elsewhere))).toEqual([402, 'Address mismatch']);
  expect(await deliver(proof)).toEqual([200, '']);
});

test('a block that is unknown or not confirmed waits, and the same proof does later', async () => {
  const { offer } = await offered();
  expect(await deliver(await proofOf(offer, '0'.repeat(64)))).toEqual([402, 'Block not found']);
  devnet.elections.delayMs = 60_000;
  const hash = await payer.send(offer.payTo, offer.amount);
  const proof = await proofOf(offer, hash);
  expect(await deliver(proof)).toEqual([402, 'Block not confirmed']);
  devnet.elections.delayMs = 30;
  devnet.elections.confirm(devnet.ledger.find(hash).hash);
  expect(await deliver(proof)).toEqual([200, '']);
});

test.each([
  '%%%',
  '',
  btoa('null'),
  btoa('{}'),
  btoa('{"accepted":{"extra":{"nanoSession":{}}},"payload":null}'),
])('a proof that is none gets an offer, and the server lives: %s', async (proof) => {
  expect((await deliver(proof))[0]).toBe(402);
  expect((await fetch(url)).status).toBe(402);
});
