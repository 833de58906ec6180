import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, openTestBed, present, type TestBed } from '../../test/merchant/testing/test-bed.ts';
import { parseAddress } from '../nano/account.ts';
import { BlockHashText, SignedBlockText } from '../nano/block.ts';
import { defaultPreference, isHandOver } from './mechanisms/index.ts';
import type { Message } from './mechanisms/mechanism.ts';
import { classify } from './offer/classify.ts';
import type { Mechanism, Offer } from './offer/offer.ts';
import { makeProof } from './proof/proof.ts';
import { fallbackBody, lowerCaseProof } from './proof/redelivery.ts';
import { readResponse, type ServerResponse } from './response/response.ts';

const FLAVOURS = ['spec', 'reference'] as const;
const EVERY = defaultPreference.flatMap((mechanism) =>
  FLAVOURS.map((flavour) => [mechanism, flavour] as const),
);

let testBed: TestBed;
beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());

/** Where the merchant asks for money on these terms. */
function at(terms: Readonly<Record<string, string>>): string {
  return `${testBed.merchant.origin}/api/private?${new URLSearchParams(terms)}`;
}

/** The merchant's offer at a path, as the classifier reads it. */
async function offerAt(url: string): Promise<Offer | undefined> {
  const response = await ask(url);
  await response.arrayBuffer();
  const now = Date.now();
  const network = 'nano:devnet';
  const found = classify(response.headers.get('payment-required') ?? '', {
    url,
    network,
    arrivedAt: now,
    now,
  });
  return found.kind === 'offers' ? found.offers[0] : undefined;
}

/** Pays as the offer wants to be paid, and proves it. */
async function prove(offer: Offer | undefined): Promise<string> {
  if (!offer) throw new Error('nothing payable');
  const { payer } = testBed;
  const { payTo, amount } = offer;
  if (isHandOver(offer)) {
    const { block } = await payer.signSend(payTo, amount);
    return makeProof(offer, { block: v.parse(SignedBlockText, block) });
  }
  const hash = v.parse(BlockHashText, await payer.pay(payTo, amount));
  const sign = ({ kind, text }: Message) => (kind === 'plain' ? payer.sign(text) : payer.signOffChain(text));
  return makeProof(offer, { hash, account: parseAddress(payer.address), sign });
}

async function read(response: Response, proof: string): Promise<ServerResponse> {
  const { status, headers } = response;
  const bodyText = await response.text();
  const [paymentResponse, paymentRequired] = [
    headers.get('payment-response'),
    headers.get('payment-required'),
  ];
  return readResponse(
    { status, paymentResponse, paymentRequired, bodyText },
    { ownBlock: 'unknown', now: Date.now(), proof },
  );
}
const deliver = async (url: string, proof: string) => read(await present(url, proof), proof);

const payments = (mechanism: Mechanism) =>
  testBed.merchant.books().payments.filter((payment) => payment.mechanism === mechanism);

describe.each(EVERY)('%s, %s merchant', (mechanism, flavour) => {
  test('is paid once', async () => {
    const url = at({ mechanism, flavour });
    const before = payments(mechanism).length;
    const proof = await prove(await offerAt(url));
    expect(await deliver(url, proof)).toMatchObject({ kind: 'paid' });
    expect(await deliver(url, proof)).toMatchObject({ kind: 'refused' });
    expect(payments(mechanism)).toHaveLength(before + 1);
  });

  test('that does not see the block confirmed yet accepts the same proof later', async () => {
    const url = at({ mechanism, flavour, 'refuse-first': '1', 'refuse-with': 'unconfirmed' });
    const proof = await prove(await offerAt(url));
    expect(await deliver(url, proof)).toMatchObject({ kind: 'refused', final: false });
    expect(await deliver(url, proof)).toMatchObject({ kind: 'paid' });
  });

  test('that asks for a payment identifier gets the same one on every delivery', async () => {
    const url = at({
      mechanism,
      flavour,
      paymentIdentifier: 'required',
      'refuse-first': '1',
      'refuse-with': '500',
    });
    const proof = await prove(await offerAt(url));
    expect(await deliver(url, proof)).toMatchObject({ kind: 'refused', final: false });
    expect(await deliver(url, proof)).toMatchObject({ kind: 'paid' });
  });
});

test('a session that the merchant lost is paid by the body of a POST', async () => {
  const url = at({ mechanism: 'nanoSession', 'lose-session': '1' });
  const proof = await prove(await offerAt(url));
  expect(await deliver(url, proof)).toMatchObject({ kind: 'refused', final: false, remedy: 'postBody' });
  const answer = await read(await ask(url, { method: 'POST', body: fallbackBody(proof) }), proof);
  expect(answer).toMatchObject({ kind: 'paid' });
});

test('a Track A merchant that reads lower case only accepts the block in lower case', async () => {
  const url = at({ mechanism: 'trackA', hex: 'lower' });
  const proof = await prove(await offerAt(url));
  expect(await deliver(url, proof)).toMatchObject({ kind: 'refused', final: false, remedy: 'lowerCase' });
  expect(await deliver(url, lowerCaseProof(proof) ?? '')).toMatchObject({ kind: 'paid' });
});
