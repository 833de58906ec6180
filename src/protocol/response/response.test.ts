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
import { type Presented, type Response, readResponse, type ServerResponse } from './response.ts';
import type { OwnBlockState } from './verdict.ts';

const NOW = Date.UTC(2026, 10, 28, 12);

/** Reads an answer to a proof whose block is not on the ledger. */
function answer(
  status: number,
  parts: Partial<Response> = {},
  presented: Partial<Presented> = {},
): ServerResponse {
  return readResponse(
    { status, paymentResponse: null, paymentRequired: null, ...parts },
    { ownBlock: 'notOnLedger', now: NOW, ...presented },
  );
}
const said = (error: string): Partial<Response> => ({ bodyText: JSON.stringify({ error }) });
const early = (text: string) => ({ kind: 'refused', verdict: 'hold', final: false, early: true, text });
const held = (text: string) => ({ ...early(text), early: false });
const refused = (verdict: string, text: string) => ({
  ...held(text),
  verdict,
  final: verdict === 'never',
});
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

  test.each(['transaction', 'sendHash', 'blockHash', 'txHash', 'hash'])(
    'the block under the name of %s',
    (name) => {
      for (const stated of [
        { success: true, [name]: HASH },
        { success: true, result: { [name]: HASH } },
      ]) {
        expect(answer(200, { paymentResponse: headerOf(stated) })).toMatchObject({
          receipt: { settled: true, transaction: HASH },
        });
      }
    },
  );
});

describe('the credit that a seller keeps on the block hash', () => {
  test('is read of an answer that serves, and of one that refuses', () => {
    expect(answer(200, { credit: '5000' })).toMatchObject({ kind: 'paid', credit: 5_000n });
    expect(answer(502, { credit: '5000' })).toMatchObject({ kind: 'refused', credit: 5_000n });
  });

  test.each(['0', '-1', '1.5', '0x10', '1e3', ' 5', '5, 6', '9'.repeat(40), ''])(
    'is none in %j',
    (credit) => {
      expect(answer(200, { credit })).not.toHaveProperty('credit');
    },
  );
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
    expect(answer(status, parts)).toMatchObject({ kind: 'refused', final: false, early: true });
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
    expect(answer(status, said(error))).toEqual(early(error));
  });

  test('by the code of a core server that adds words of its own', () => {
    const paymentResponse = headerOf({
      success: false,
      transaction: '',
      network: 'nano:mainnet',
      errorReason: 'unexpected_settle_error',
      errorMessage: 'Something broke',
    });
    expect(answer(402, { paymentResponse })).toEqual(early('Something broke'));
  });
});

test('a refusal is early by the error in the result of its receipt, and by no other word of a receipt', () => {
  const refusedWith = (parts: object) =>
    answer(402, { paymentResponse: headerOf({ success: false, errorMessage: 'Refused', ...parts }) });
  expect(refusedWith({ result: { error: 'Block not confirmed' } })).toEqual(early('Refused'));
  expect(refusedWith({ result: { error: 'Something else' } })).toEqual(held('Refused'));
  expect(refusedWith({})).toEqual(held('Refused'));
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
  const lost = { kind: 'refused', verdict: 'hold', final: false, remedy: 'postBody' };

  test('is a POST after a 410 that asks for it, or whose body cannot be read', () => {
    expect(answer(410)).toMatchObject(lost);
    expect(answer(410, { bodyText: '{"error":"Session not found","code":"SESSION_LOST"}' })).toMatchObject({
      ...lost,
      text: 'Session not found',
    });
    expect(answer(410, said('Challenge expired'))).toEqual(refused('never', 'Challenge expired'));
    expect(answer(410, { bodyText: '<h1>Gone</h1>' })).toEqual(held(''));
    expect(answer(404, { bodyText: '{"code":"SESSION_LOST"}' })).toEqual(held(''));
  });

  test('is a POST after a 410 without a reason, for a proof of a session', () => {
    expect(answer(410, {}, { proof: proofOf('nanoSession'), ownBlock: 'onLedger' })).toMatchObject({
      ...lost,
      verdict: 'owed',
    });
    for (const other of ['nanoSignature', 'nymChallenge', 'trackB', 'trackA', 'signedBlock']) {
      expect(answer(410, {}, { proof: proofOf(other) })).toEqual(early(''));
    }
    const bodyText = '{"code":"SESSION_LOST"}';
    expect(answer(410, { bodyText }, { proof: proofOf('nymChallenge') })).toMatchObject(lost);
  });

  test('is the block in lower case, once, for a Track A server that cannot read it', () => {
    const malformed = (presented: Partial<Presented>) => answer(400, said('MALFORMED_PAYLOAD'), presented);
    expect(malformed({ proof: proofOf('trackA') })).toEqual({
      ...held('MALFORMED_PAYLOAD'),
      remedy: 'lowerCase',
    });
    const lower = lowerCaseProof(proofOf('trackA'));
    if (lower === undefined) throw new Error('a Track A proof has a second spelling');
    expect(malformed({ proof: lower })).toEqual(refused('never', 'MALFORMED_PAYLOAD'));
    expect(malformed({})).toEqual(refused('never', 'MALFORMED_PAYLOAD'));
    for (const other of ['nanoSession', 'nanoSignature', 'nymChallenge', 'trackB', 'signedBlock']) {
      expect(malformed({ proof: proofOf(other) })).toEqual(refused('never', 'MALFORMED_PAYLOAD'));
    }
  });

  test('is not the block in lower case after any other refusal', () => {
    expect(answer(400, said('INVALID_SIGNATURE'), { proof: proofOf('trackA') })).toEqual(
      refused('never', 'INVALID_SIGNATURE'),
    );
  });
});

describe('a refusal of a block that is not on the ledger', () => {
  test.each([
    ['a server that compares', 402, 'Address mismatch: expected a, got b'],
    ['a server that compares', 402, 'Requirements mismatch for issued session'],
    ['a server that verifies', 402, 'Cryptographic signature is invalid'],
    ['core', 402, 'No matching payment requirements'],
    ['Rev 8, expiry', 402, 'Challenge expired'],
    ['Track A and B', 400, 'PAYMENT_EXPIRED'],
    ['Track B, sender', 400, 'SENDER_MISMATCH'],
    ['Track B, amount', 400, 'INSUFFICIENT_AMOUNT'],
    ['x402nano, payee', 402, 'error_payto_link_mismatch'],
    ['a facilitator', 402, 'amount_mismatch'],
    ['a facilitator', 402, 'unsupported_x402_version'],
    ['a facilitator', 402, 'invalid-payto'],
    ['a seller that reads the balance', 402, 'balance decrease 0 != required 100'],
    ['any server, with 5xx too', 500, 'invalid_signature'],
  ])('is final by the words of %s (%i): %s', (_name, status, text) => {
    expect(answer(status, said(text))).toEqual(refused('never', text));
  });

  test.each(['{"error":"x","payment_taken":false}', '{"paid":false}', '{"detail":{"paid":false}}'])(
    'is final after a body that says that no money was taken: %s',
    (bodyText) => {
      for (const status of [400, 503]) {
        expect(answer(status, { bodyText })).toMatchObject({ verdict: 'never', final: true, early: false });
      }
      expect(answer(400, { bodyText }, { ownBlock: 'unknown' })).toMatchObject({
        verdict: 'owed',
        final: false,
      });
    },
  );

  test.each([
    'STALE_FRONTIER',
    'FRONTIER_CHANGED',
    'DUPLICATE_FRONTIER',
    'frontier_moved',
    'x402: block.previous is not the account frontier (2B1A)',
    'payment invalid: block.previous is not the payer’s frontier',
    'process rejected the block: Fork; the block did not land, a rebuilt payment is safe',
    'a block on this frontier was already accepted',
  ])('is void by the server’s words, which alone end nothing: %s', (text) => {
    expect(answer(402, said(text))).toEqual(refused('void', text));
  });

  test.each([
    ['work is not signed', 402, 'error_invalid_work'],
    ['work is not signed', 402, 'payment invalid: work missing or malformed'],
    ['its node may lag', 402, 'payer account is not opened'],
    ['spent for what it bought before', 402, 'Payment already spent'],
    ['a wrong method', 405, 'method_not_allowed'],
    ['another payload', 409, 'Payment identifier conflict'],
    ['a proxy in front of the server', 403, 'error code: 1010'],
  ])('is otherwise held: %s (%i): %s', (_name, status, text) => {
    expect(answer(status, said(text))).toEqual(held(text));
  });

  test.each([400, 401, 402, 403, 404, 405, 409, 412])('is held with status %i and no reason', (status) => {
    expect(answer(status, { bodyText: '' })).toEqual(held(''));
  });
});

describe('a refusal of a block that is on the ledger, or may be', () => {
  const WORDS = [
    'amount_mismatch',
    'frontier_moved',
    'Payment already spent',
    'Session not found or expired',
  ];
  const states: OwnBlockState[] = ['onLedger', 'unknown'];
  test.each(states)('is owed, whatever the words (%s)', (ownBlock) => {
    for (const status of [400, 402, 405, 409, 410, 422, 500, 503]) {
      expect(answer(status, { bodyText: '' }, { ownBlock })).toMatchObject({ verdict: 'owed', final: false });
      for (const text of WORDS) {
        expect(answer(status, said(text), { ownBlock })).toMatchObject({
          verdict: 'owed',
          final: false,
          early: false,
        });
      }
    }
  });
});

describe('the reason of a refusal', () => {
  const bodyText = (body: object) => ({ bodyText: JSON.stringify(body) });

  test('is the most specific one of a body', () => {
    expect(answer(402, bodyText({ error: 'Invalid Payment', reason: 'error_invalid_block' }))).toEqual(
      refused('never', 'error_invalid_block'),
    );
    expect(answer(402, bodyText({ isValid: false, invalidReason: 'invalid_signature' }))).toEqual(
      refused('never', 'invalid_signature'),
    );
    expect(answer(402, bodyText({ success: false, errorReason: 'error_nano_rpc', error: 'x' }))).toEqual(
      early('error_nano_rpc'),
    );
    expect(answer(402, bodyText({ reason: '', error: 7 }))).toEqual(held(''));
  });

  test('is looked for in every field that sellers use, and in a detail', () => {
    for (const key of [
      'reason',
      'invalidReason',
      'errorReason',
      'error',
      'message',
      'note',
      'status',
      'detail',
    ]) {
      expect(answer(402, bodyText({ [key]: 'amount_mismatch' }))).toEqual(
        refused('never', 'amount_mismatch'),
      );
    }
    expect(answer(402, bodyText({ detail: { isValid: false, invalidReason: 'invalid_payto' } }))).toEqual(
      refused('never', 'invalid_payto'),
    );
    expect(answer(402, { blockStatus: 'not_confirmed' })).toEqual(early('not_confirmed'));
    const paymentResponse = headerOf({
      success: false,
      errorReason: 'invalid_signature',
      errorMessage: 'No.',
    });
    expect(answer(402, { paymentResponse })).toEqual(refused('never', 'No.'));
  });

  test('is never a hint that asks for a new payment', () => {
    for (const key of ['hint', 'retry', 'how', 'docs']) {
      expect(answer(402, bodyText({ [key]: 'invalid_signature, sign a fresh authorization' }))).toEqual(
        held(''),
      );
    }
  });

  test('that means "no" outweighs another that means "not yet"', () => {
    const fresh = headerOf(envelopeOf([sessionEntry], { error: 'Block not confirmed' }));
    expect(answer(402, { ...said('Payment already spent'), paymentRequired: fresh })).toMatchObject({
      early: false,
    });
  });
});

describe('an answer that is not the content yet', () => {
  const pending = (parts: Partial<Response>) => answer(202, parts, { ownBlock: 'unknown' });

  test('is a 202, unless PAYMENT-RESPONSE says that it settled', () => {
    expect(pending({})).toEqual({ kind: 'pending', text: '' });
    expect(pending({ paymentResponse: headerOf({ success: false }) })).toMatchObject({ kind: 'pending' });
    expect(pending({ paymentResponse: headerOf({ success: true, transaction: HASH }) })).toMatchObject({
      kind: 'paid',
    });
  });

  test.each([
    ['90', 90_000],
    [' 0 ', 0],
    ['99999', 600_000],
    ['Sat, 28 Nov 2026 12:00:30 GMT', 30_000],
    ['Saturday, 28-Nov-26 12:00:30 GMT', 30_000],
    ['Sat, 28 Nov 2026 11:00:00 GMT', 0],
    ['Sun, 29 Nov 2026 12:00:00 GMT', 600_000],
  ])('may be asked for again after Retry-After %j', (retryAfter, retryAfterMs) => {
    expect(pending({ retryAfter })).toEqual({ kind: 'pending', text: '', retryAfterMs });
    expect(answer(429, { retryAfter })).toMatchObject({ retryAfterMs });
  });

  test.each(['', 'soon', '-5', '1.5', '2026-11-28', 'Sat, nonsense GMT'])(
    'names no time to wait in %j',
    (retryAfter) => {
      expect(pending({ retryAfter })).toEqual({ kind: 'pending', text: '' });
    },
  );

  test('may have a token for the next delivery, in its header or its body', () => {
    const parts = { represent: 'token', bodyText: '{"represent_token":"other"}' };
    expect(answer(402, parts)).toMatchObject({ represent: 'token' });
    expect(answer(402, { bodyText: '{"represent_token":"token"}' })).toMatchObject({ represent: 'token' });
    for (const represent of ['', 'two words', 'line\nfeed', 'ü', 'x'.repeat(257)]) {
      expect(answer(402, { represent })).not.toHaveProperty('represent');
    }
  });
});

test.each([100, 199, 300, 301, 302, 303, 304, 307, 399, 0, 600])('status %d is unclear', (status) => {
  expect(answer(status)).toEqual({ kind: 'unclear' });
});

test.each([
  [200, 'paid'],
  [299, 'paid'],
  [400, 'refused'],
  [599, 'refused'],
])('status %d is %s', (status, kind) => {
  expect(answer(status)).toMatchObject({ kind });
});

test('a body is read up to 64 KiB', () => {
  const refusal = '{"error":"amount_mismatch"}';
  const filled = (length: number) => ({ bodyText: refusal + ' '.repeat(length - refusal.length) });
  expect(answer(402, filled(65_536))).toEqual(refused('never', 'amount_mismatch'));
  expect(answer(402, filled(65_537))).toEqual(held(''));
});

test.each(['[{"error":"amount_mismatch"}]', '"amount_mismatch"', 'null', 'amount_mismatch'])(
  'a body that is no object gives no reason: %s',
  (bodyText) => {
    expect(answer(402, { bodyText })).toEqual(held(''));
  },
);

test('a reason is compared up to two thousand characters', () => {
  const ending = (length: number) => `${'x '.repeat(length).slice(0, length - 5)} fork`;
  expect(answer(402, said(ending(2_000)))).toMatchObject({ verdict: 'void' });
  expect(answer(402, said(ending(2_001)))).toMatchObject({ verdict: 'hold' });
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

describe('whether a receipt says that it settled', () => {
  test.each([
    ['success', { success: true, error: 'x' }, true],
    ['no success', { success: false }, false],
    ['success before the mode', { success: false, result: { mode: 'settled' } }, false],
    ['the mode of Rev 8, settled', { result: { mode: 'settled' } }, true],
    ['the mode of Rev 8, failed', { result: { mode: 'failed' } }, false],
    ['the mode beside it', { mode: 'settled' }, true],
    ['another mode', { result: { mode: 'pending' } }, undefined],
    ['an error', { error: 'x' }, false],
    ['an error in the result', { result: { error: 'x' } }, false],
    ['an error beside a result', { result: {}, error: 'x' }, false],
    ['an errorReason', { errorReason: 'x' }, false],
    ['nothing', {}, undefined],
  ])('is read from %s', (_name, receipt, settled) => {
    expect(readReceipt(headerOf(receipt))?.settled).toBe(settled);
  });
});

describe('the reason in a receipt', () => {
  test('is the message, or else the error of the result, or else that beside it', () => {
    const textOf = (receipt: object) => readReceipt(headerOf(receipt))?.text;
    const [errorMessage, error, errorReason] = ['message', 'error', 'reason'];
    expect(textOf({ errorMessage, error, errorReason, result: { error: 'inner' } })).toBe('message');
    expect(textOf({ error, errorReason, result: { error: 'inner' } })).toBe('inner');
    expect(textOf({ error, errorReason, result: {} })).toBe('error');
    expect(textOf({ errorReason })).toBe('reason');
  });

  test('is cut to 280 characters', () => {
    const textOf = (length: number) => readReceipt(headerOf({ error: 'x'.repeat(length) }))?.text;
    expect(textOf(280)).toBe('x'.repeat(280));
    expect(textOf(281)).toBe(`${'x'.repeat(279)}…`);
  });

  test('means "not yet" only where the receipt says that it did not settle', () => {
    const error = 'Block not confirmed';
    const earlyOf = (receipt: object) => readReceipt(headerOf(receipt))?.early;
    expect([{ error }, { success: true, error }, { success: false }].map(earlyOf)).toEqual([
      true,
      false,
      false,
    ]);
  });
});
