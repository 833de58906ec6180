import { beforeAll, describe, expect, test } from 'vitest';
import { isHandOver } from '../mechanisms/index.ts';
import { classify } from '../offer/classify.ts';
import { makeProof } from '../proof/proof.ts';
import { lowerCaseProof } from '../proof/redelivery.ts';
import {
  block,
  challengeEntry,
  context,
  envelopeOf,
  headerOf,
  sessionEntry,
  signatureEntry,
  signedBlockEntry,
  trackAEntry,
  trackBEntry,
} from '../samples.fixture.ts';
import { readReceipt } from './receipt.ts';
import { type Response, readResponse, type ServerResponse } from './response.ts';

function answer(status: number, parts: Partial<Response> = {}): ServerResponse {
  return readResponse({ status, paymentResponse: null, paymentRequired: null, ...parts });
}
const said = (error: string): Partial<Response> => ({ bodyText: JSON.stringify({ error }) });
const refused = (final: boolean, text: string) => ({ kind: 'refused', final, text });
const HASH = '8EDD8E49C285A5302E896E2A981D4D086AEDE2903F129E70AEC47846AAAF1788';

describe('a 2xx response is paid', () => {
  test.each([
    ['no header', null],
    ['a header that is none', '%%%'],
    ['a header that says no', headerOf({ success: false, errorReason: 'verification_failed' })],
  ])('with %s', (_name, paymentResponse) => {
    expect(answer(200, { paymentResponse }).kind).toBe('paid');
    expect(answer(206, { paymentResponse }).kind).toBe('paid');
    expect(answer(402, { paymentResponse }).kind).toBe('refused');
  });

  test('with the contents of PAYMENT-RESPONSE as its receipt', () => {
    const paymentResponse = headerOf({
      success: true,
      transaction: HASH.toLowerCase(),
      network: 'nano:mainnet',
    });
    expect(answer(200, { paymentResponse })).toEqual({
      kind: 'paid',
      receipt: { settled: true, early: false, transaction: HASH, text: '' },
    });
    expect(answer(200)).toEqual({ kind: 'paid', receipt: undefined });
  });

  test.each(['transaction', 'sendHash', 'blockHash', 'txHash'])('the block under the name of %s', (name) => {
    for (const stated of [
      { success: true, [name]: HASH },
      { success: true, result: { [name]: HASH } },
    ]) {
      expect(answer(200, { paymentResponse: headerOf(stated) })).toMatchObject({
        receipt: { settled: true, transaction: HASH },
      });
    }
  });
});

describe('a refusal after which the same proof may succeed later', () => {
  test.each([
    ['402, not confirmed', 402, said('Block not confirmed')],
    ['402, not found', 402, said('Block not found')],
    ['402, node trouble', 402, said('All RPC endpoints failed for action: block_info')],
    ['400, by code', 400, said('UNCONFIRMED_BLOCK')],
    ['402, by header', 402, { paymentResponse: headerOf({ x402Version: 2, error: 'Block not confirmed' }) }],
    [
      '402, by the message of a core server',
      402,
      {
        paymentResponse: headerOf({ success: false, errorReason: 'x', errorMessage: 'Block not confirmed' }),
      },
    ],
    [
      '402, by a fresh offer',
      402,
      { paymentRequired: headerOf(envelopeOf([sessionEntry], { error: 'Block not confirmed' })) },
    ],
    ['408, with a body that says nothing of the proof', 408, said('Request Timeout')],
    ['425, with a body that says nothing of the proof', 425, said('Too Early')],
    ['429, with a body that says nothing of the proof', 429, said('Too Many Requests')],
    ['500', 500, said('Verification error on server')],
    ['503', 503, { bodyText: '<html>' }],
    ['400, for a reason that cannot be read', 400, {}],
    ['402, for a reason that cannot be read', 402, {}],
    [
      '402, for a reason that cannot be read and a receipt that gives none',
      402,
      { paymentResponse: headerOf({}) },
    ],
    ['403, which may be about the visitor', 403, {}],
  ])('%s', (_name, status, parts) => {
    expect(answer(status, parts)).toMatchObject({ kind: 'refused', final: false });
  });
  test.each([
    ['Track A, broadcast', 502, 'BROADCAST_FAILED'],
    ['Track A, confirmation', 408, 'CONFIRMATION_TIMEOUT'],
    ['Track A, broadcast, from a core server', 402, 'BROADCAST_FAILED'],
    ['Track A, confirmation, from a core server', 402, 'CONFIRMATION_TIMEOUT'],
    ['Track B, unconfirmed', 400, 'UNCONFIRMED_BLOCK'],
    ['Track B, not found', 404, 'BLOCK_NOT_FOUND'],
    ['signedBlock, node trouble', 402, '[error_nano_rpc]: connect ECONNREFUSED'],
    ['signedBlock, facilitator trouble', 402, '[error_facilitator] - fetch failed'],
    ['signedBlock, account not seen yet', 402, 'error_no_account_frontier'],
    [
      'Rev 7 track 2, its receive failed',
      402,
      'Failed to settle (receive) block: Block work is insufficient',
    ],
    ['core, by code', 402, 'unexpected_settle_error'],
  ])('%s', (_name, status, error) => {
    expect(answer(status, said(error))).toEqual(refused(false, error));
  });

  test('by the code of a core server that adds words of its own', () => {
    const paymentResponse = headerOf({
      success: false,
      transaction: '',
      network: 'nano:mainnet',
      errorReason: 'unexpected_settle_error',
      errorMessage: 'Something broke',
    });
    expect(answer(402, { paymentResponse })).toEqual(refused(false, 'Something broke'));
  });
});

describe('another way to deliver the same proof', () => {
  const proofs = new Map<string, string>();
  beforeAll(async () => {
    for (const entry of [
      sessionEntry,
      signatureEntry,
      challengeEntry,
      trackBEntry,
      trackAEntry,
      signedBlockEntry,
    ]) {
      const found = classify(headerOf(envelopeOf([entry])), context);
      const offer = found.kind === 'offers' ? found.entries[0]?.offer : undefined;
      if (!offer) throw new Error('nothing payable');
      const paid = isHandOver(offer) ? { block } : { hash: block.previous, account: block.account, sign };
      proofs.set(offer.mechanism, await makeProof(offer, paid));
    }
  });
  const sign = () => '5a'.repeat(64);
  const proofOf = (mechanism: string) => proofs.get(mechanism) ?? '';
  const lost = { kind: 'refused', final: false, remedy: 'postBody' };

  test('is a POST after a 410 that asks for it, or whose body cannot be read', () => {
    expect(answer(410)).toMatchObject(lost);
    expect(answer(410, { bodyText: '{"error":"Session not found","code":"SESSION_LOST"}' })).toEqual({
      ...lost,
      text: 'Session not found',
    });
    expect(answer(410, said('Challenge expired'))).toEqual(refused(true, 'Challenge expired'));
    expect(answer(410, { bodyText: '<h1>Gone</h1>' })).toEqual(refused(true, ''));
    expect(answer(404, { bodyText: '{"code":"SESSION_LOST"}' })).toEqual(refused(true, ''));
  });

  test('is a POST after a 410 without a reason, for a proof of a session', () => {
    const blind = { status: 410, paymentResponse: null, paymentRequired: null };
    expect(readResponse(blind, proofOf('nanoSession'))).toMatchObject(lost);
    for (const other of ['nanoSignature', 'nymChallenge', 'trackB', 'trackA', 'signedBlock']) {
      expect(readResponse(blind, proofOf(other))).toEqual(refused(false, ''));
    }
    const bodyText = '{"code":"SESSION_LOST"}';
    expect(readResponse({ ...blind, bodyText }, proofOf('nymChallenge'))).toMatchObject(lost);
  });

  test('is the block in lower case, once, for a Track A server that cannot read it', () => {
    const malformed = {
      status: 400,
      paymentResponse: null,
      paymentRequired: null,
      ...said('MALFORMED_PAYLOAD'),
    };
    const first = readResponse(malformed, proofOf('trackA'));
    expect(first).toEqual({ ...refused(false, 'MALFORMED_PAYLOAD'), remedy: 'lowerCase' });
    const again = lowerCaseProof(proofOf('trackA'));
    expect(again).toBeDefined();
    expect(readResponse(malformed, again)).toEqual(refused(true, 'MALFORMED_PAYLOAD'));
    expect(readResponse(malformed)).toEqual(refused(true, 'MALFORMED_PAYLOAD'));
    for (const other of ['nanoSession', 'nanoSignature', 'nymChallenge', 'trackB', 'signedBlock']) {
      expect(readResponse(malformed, proofOf(other))).toEqual(refused(true, 'MALFORMED_PAYLOAD'));
    }
  });

  test('is not the block in lower case after any other refusal', () => {
    const invalid = {
      status: 400,
      paymentResponse: null,
      paymentRequired: null,
      ...said('INVALID_SIGNATURE'),
    };
    expect(readResponse(invalid, proofOf('trackA'))).toEqual(refused(true, 'INVALID_SIGNATURE'));
  });
});

describe('a refusal is final', () => {
  test.each([
    'Payment already spent',
    'Address mismatch: expected a, got b',
    'Amount mismatch: expected 1, got 2',
    'Requirements mismatch for issued session',
    'Cryptographic signature is invalid',
    'Session not found or expired',
    'No matching payment requirements',
  ])('%s', (text) => {
    expect(answer(402, said(text))).toEqual(refused(true, text));
  });

  test.each([
    ['Rev 8, challenge', 402, 'Challenge not found or already redeemed'],
    ['Rev 8, expiry', 402, 'Challenge expired'],
    ['Rev 8, destination', 402, 'Destination mismatch: expected a, got b'],
    ['Rev 8, spent', 402, 'Block hash already spent'],
    ['Rev 8, payload', 400, 'PAYMENT-SIGNATURE missing sendHash or challengeId'],
    ['Rev 7 track 2, pocketed', 402, 'Block is not receivable — funds already pocketed or unknown hash'],
    ['Rev 7 track 2, seed', 402, 'Facilitator seed does not match payTo address'],
    ['Track A and B', 400, 'PAYMENT_EXPIRED'],
    ['Track B, sender', 400, 'SENDER_MISMATCH'],
    ['Track B, amount', 400, 'INSUFFICIENT_AMOUNT'],
    ['Track B, replay', 409, 'DUPLICATE_BLOCK_HASH'],
    ['Track A, two blocks', 409, 'DUPLICATE_FRONTIER'],
    ['Track A, too late', 502, 'FRONTIER_CHANGED'],
    ['signedBlock, frontier', 402, 'error_invalid_work'],
    ['signedBlock, payee', 402, 'error_payto_link_mismatch'],
    ['payment-identifier, other payload', 409, 'Payment identifier conflict'],
  ])('%s', (_name, status, text) => {
    expect(answer(status, said(text))).toEqual(refused(true, text));
  });

  test('with the reason of a facilitator, the most specific first', () => {
    const bodyText = (body: object) => ({ bodyText: JSON.stringify(body) });
    expect(answer(402, bodyText({ error: 'Invalid Payment', reason: 'error_invalid_block' }))).toEqual(
      refused(true, 'error_invalid_block'),
    );
    expect(answer(402, bodyText({ isValid: false, invalidReason: 'error_invalid_work' }))).toEqual(
      refused(true, 'error_invalid_work'),
    );
    expect(answer(402, bodyText({ success: false, errorReason: 'error_nano_rpc', error: 'x' }))).toEqual(
      refused(false, 'error_nano_rpc'),
    );
    expect(answer(402, bodyText({ reason: '', error: 7 }))).toEqual(refused(true, ''));
  });

  test.each([400, 401, 402, 403, 404, 405, 409, 412])('with status %i and no reason', (status) => {
    expect(answer(status, { bodyText: '' })).toEqual(refused(true, ''));
  });

  test('even with a 5xx status, and even when another reason means "not yet"', () => {
    expect(answer(500, said('Payment already spent'))).toEqual(refused(true, 'Payment already spent'));
    const fresh = headerOf(envelopeOf([sessionEntry], { error: 'Block not confirmed' }));
    expect(answer(402, { ...said('Payment already spent'), paymentRequired: fresh })).toMatchObject({
      final: true,
    });
  });
});

test.each([100, 199, 301, 302, 303, 304, 307, 0, 600])('status %d is unclear', (status) => {
  expect(answer(status)).toEqual({ kind: 'unclear' });
});

test('the reason of a server is cleaned and cut', () => {
  const { text } = answer(402, said(`\u202e${'x'.repeat(1_000)}`)) as { text: string };
  expect(text).toBe(`${'x'.repeat(279)}…`);
});

test('a reason that means both "not yet" and final is final', () => {
  const error = 'Block not confirmed, payment already spent';
  expect(readReceipt(headerOf({ error }))).toMatchObject({ settled: false, early: false });
});

test('a receipt without success or failure does not count as success', () => {
  expect(readReceipt(headerOf({}))).toEqual({
    settled: undefined,
    early: false,
    transaction: undefined,
    text: '',
  });
  expect(readReceipt(headerOf([1]))).toBeUndefined();
  expect(readReceipt(headerOf({ transaction: 'not a hash', success: 'true' }))).toMatchObject({
    settled: undefined,
    transaction: undefined,
  });
});
