import { describe, expect, test } from 'vitest';
import { type Answer, type Response, readAnswer } from './answer.ts';
import { readReceipt } from './receipt.ts';
import { envelopeOf, headerOf, sessionEntry } from './samples.fixture.ts';

function answer(status: number, parts: Partial<Response> = {}): Answer {
  return readAnswer({ status, paymentResponse: null, paymentRequired: null, ...parts });
}
const said = (error: string): Partial<Response> => ({ bodyText: JSON.stringify({ error }) });
const refused = (final: boolean, text: string) => ({ kind: 'refused', final, text });
const HASH = '8EDD8E49C285A5302E896E2A981D4D086AEDE2903F129E70AEC47846AAAF1788';

describe('2xx decides', () => {
  test.each([
    ['no header', null],
    ['a header that is none', '%%%'],
    ['a header that says no', headerOf({ success: false, errorReason: 'verification_failed' })],
  ])('with %s', (_name, paymentResponse) => {
    expect(answer(200, { paymentResponse }).kind).toBe('paid');
    expect(answer(206, { paymentResponse }).kind).toBe('paid');
    expect(answer(402, { paymentResponse }).kind).toBe('refused');
  });

  test('the receipt says what the header says', () => {
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
});

describe('the same proof may do later', () => {
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
    ['408', 408, {}],
    ['429', 429, {}],
    ['500', 500, said('Verification error on server')],
    ['503', 503, { bodyText: '<html>' }],
  ])('%s', (_name, status, parts) => {
    expect(answer(status, parts)).toMatchObject({ kind: 'refused', final: false });
  });

  test('410 asks for a POST when it says so, or when we cannot read what it says', () => {
    const lost = { kind: 'refused', final: false, code: 'SESSION_LOST' };
    expect(answer(410)).toMatchObject(lost);
    expect(answer(410, { bodyText: '{"error":"Session not found","code":"SESSION_LOST"}' })).toEqual({
      ...lost,
      text: 'Session not found',
    });
    expect(answer(410, said('Challenge expired'))).toEqual(refused(true, 'Challenge expired'));
    expect(answer(410, { bodyText: '<h1>Gone</h1>' })).toEqual(refused(true, ''));
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

  test.each([400, 401, 403, 404, 405, 409, 412])('%i without a word', (status) => {
    expect(answer(status)).toEqual(refused(true, ''));
  });

  test('even from a server in trouble, and even when another word sounds hopeful', () => {
    expect(answer(500, said('Payment already spent'))).toEqual(refused(true, 'Payment already spent'));
    const fresh = headerOf(envelopeOf([sessionEntry], { error: 'Block not confirmed' }));
    expect(answer(402, { ...said('Payment already spent'), paymentRequired: fresh })).toMatchObject({
      final: true,
    });
  });
});

test.each([100, 199, 301, 302, 303, 304, 307, 0, 600])('%d says neither', (status) => {
  expect(answer(status)).toEqual({ kind: 'unclear' });
});

test('the words of a server are cleaned and cut', () => {
  const { text } = answer(402, said(`\u202e${'x'.repeat(1_000)}`)) as { text: string };
  expect(text).toBe(`${'x'.repeat(279)}…`);
});

test('a reason that is early and final at once is final', () => {
  const error = 'Block not confirmed, payment already spent';
  expect(readReceipt(headerOf({ error }))).toMatchObject({ settled: false, early: false });
});

test('a receipt that says neither is no success', () => {
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
