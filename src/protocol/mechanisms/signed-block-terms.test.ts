import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAINNET } from '../../nano/network.ts';
import { classify } from '../offer/classify.ts';
import { context, envelopeOf, headerOf, signedBlockEntry } from '../samples.fixture.ts';
import { readSignedBlockTerms } from './signed-block-terms.ts';

const SEND = MAINNET.thresholds.send;
const read = (extra: Readonly<Record<string, unknown>>) =>
  readSignedBlockTerms(JSON.parse(JSON.stringify(extra)), SEND);
const KNOWN = { hasUnknown: false };

/** Every known key with a value that sellers write. */
const LIVE = {
  asset: 'XNO',
  work: 'required',
  workThreshold: 'fffffff800000000',
  session: '0123456789abcdef0123456789abcdef',
  requestId: 'req_9f2b6c',
  requestDigest: 'sha256:cdcdcdcd',
  paymentId: 'quote-456',
} as const;
const knownKeys = Object.keys(LIVE);
const MARKS = ['nanoSession', 'nanoSignature', 'challenge', 'nonce', 'validBefore'];

describe('the extra of a signed block', () => {
  test.each([
    ['no key', {}],
    ['every key that sellers write', LIVE],
    ['the asset in lower case', { asset: 'xno' }],
    ['work that may be left out', { work: 'optional' }],
    ['easier work than the network asks for', { workThreshold: 'fffffe0000000000' }],
    ['the threshold in upper case', { workThreshold: 'FFFFFFF800000000' }],
    ['a short session', { session: 'a-1' }],
  ])('with %s is known', (_name, extra) => {
    expect(read(extra)).toEqual(KNOWN);
  });

  test.each([
    ['another asset', { asset: 'USDC' }, 'UNSUPPORTED_ASSET'],
    ['work of another kind', { work: 'no' }, 'MALFORMED_EXTRA'],
    ['a threshold of 15 digits', { workThreshold: 'fffffff80000000' }, 'MALFORMED_EXTRA'],
    ['a threshold with a prefix', { workThreshold: '0xfffffff800000000' }, 'MALFORMED_EXTRA'],
    ['a step more than 64 times the work', { workThreshold: 'ffffffffe0000001' }, 'WORK_TOO_HARD'],
    ['work that no machine can compute', { workThreshold: 'ffffffffffffffff' }, 'WORK_TOO_HARD'],
    ['a session with a space', { session: 'a b' }, 'MALFORMED_EXTRA'],
    ['a long session', { session: 'a'.repeat(129) }, 'MALFORMED_EXTRA'],
    ['an empty id', { paymentId: '' }, 'MALFORMED_EXTRA'],
    ['an id that is a number', { paymentId: 7 }, 'MALFORMED_EXTRA'],
    ['an id that is an object', { requestId: { id: 'a' } }, 'MALFORMED_EXTRA'],
    ['a long id', { requestId: 'a'.repeat(257) }, 'MALFORMED_EXTRA'],
    ['an id on two lines', { requestDigest: 'a\nb' }, 'MALFORMED_EXTRA'],
    ['an id that turns the direction', { requestId: 'a\u202eb' }, 'MALFORMED_EXTRA'],
    ['an unknown key of a number', { decimals: 30 }, 'UNSUPPORTED_MECHANISM'],
    ['an unknown key of a long text', { memo: 'a'.repeat(257) }, 'UNSUPPORTED_MECHANISM'],
  ])('with %s is refused', (_name, extra, code) => {
    expect(read(extra)).toBe(code);
  });

  test.each([
    ['one step more work', 'fffffff800000001'],
    ['eight times the work', 'ffffffff00000000'],
    ['64 times the work, in upper case', 'FFFFFFFFE0000000'],
  ])('with %s keeps the threshold', (_name, workThreshold) => {
    expect(read({ workThreshold })).toEqual({ ...KNOWN, workThreshold: workThreshold.toLowerCase() });
  });

  test('with an unknown key of plain text is distinguished from the others', () => {
    expect(read({ ...LIVE, memo: 'order 7' })).toEqual({ hasUnknown: true });
  });
});

const noText = fc.oneof(
  fc.constantFrom(null, true, false),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.array(fc.jsonValue(), { maxLength: 2 }),
  fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 }),
);
const anyKey = fc.oneof(fc.constantFrom(...knownKeys), fc.string({ maxLength: 12 }));
const entryWith = (extra: unknown) => headerOf(envelopeOf([{ ...signedBlockEntry, extra }]));
const POLLUTING = ['__proto__', 'constructor', 'prototype'];

test('a value that is no text is refused under any key', () => {
  fc.assert(
    fc.property(anyKey, noText, (key, value) => {
      expect(typeof read({ ...LIVE, [key]: value })).toBe('string');
    }),
  );
});

test('an unknown key is never payable without the warning that keeps every budget from paying', () => {
  const unknown = fc
    .string({ maxLength: 12 })
    .filter((key) => ![...knownKeys, ...MARKS, ...POLLUTING].includes(key));
  let payable = 0;
  fc.assert(
    fc.property(unknown, fc.string({ maxLength: 300 }), (key, value) => {
      const result = classify(entryWith({ ...LIVE, [key]: value }), context);
      if (result.kind === 'refused') throw new Error(result.code);
      for (const { offer } of result.entries) {
        if (offer === undefined) continue;
        payable += 1;
        expect(offer.warnings).toContain('unknownTerms');
        expect(offer.accepted.extra).toEqual({ ...LIVE, [key]: value });
      }
    }),
  );
  expect(payable).toBeGreaterThan(10);
});

test('any threshold is met by a send, kept up to 64 times the work of the network, or refused', () => {
  const text = (value: bigint) => value.toString(16).padStart(16, '0');
  const threshold = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(threshold, threshold, (base, asked) => {
      const result = readSignedBlockTerms({ workThreshold: text(asked) }, text(base));
      const [few, many] = [2n ** 64n - asked, 2n ** 64n - base];
      if (asked <= base) expect(result).toEqual(KNOWN);
      else if (many <= 64n * few) expect(result).toEqual({ ...KNOWN, workThreshold: text(asked) });
      else expect(result).toBe('WORK_TOO_HARD');
    }),
    { examples: [[0xffc0000000000000n, 0xfff0000000000000n]] },
  );
});

test('a mark of another mechanism decides, whatever harmless keys stand beside it', () => {
  for (const mark of MARKS) {
    const result = classify(entryWith({ ...LIVE, [mark]: 'a text' }), context);
    expect(result.kind === 'offers' && result.entries[0]?.offer).toBeFalsy();
  }
});

test('any extra gives a result: an offer, or a code', () => {
  fc.assert(
    fc.property(fc.dictionary(anyKey, fc.jsonValue({ maxDepth: 2 })), (extra) => {
      const result = read(extra);
      expect(typeof result === 'string' || typeof result.hasUnknown === 'boolean').toBe(true);
    }),
  );
});
