import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { BURN_ADDRESS, readAddress } from '../nano/account.ts';
import { MAX_SUPPLY } from '../nano/amount.ts';
import { readAnswer } from './answer.ts';
import { encodeBase64 } from './base64.ts';
import { type Classification, classify } from './classify.ts';
import { recogniseLegacy } from './legacy.ts';
import type { Offer } from './offer.ts';
import {
  challengeEntry,
  context,
  envelopeOf,
  headerOf,
  sessionEntry,
  signatureEntry,
  trackAEntry,
  trackBEntry,
  x402nanoEntry,
} from './samples.fixture.ts';

const RUNS = { numRuns: 2_000 };

/** Thousands of cases on a busy machine: only a hang may fail for its time. */
vi.setConfig({ testTimeout: 120_000 });
const entries = [sessionEntry, signatureEntry, challengeEntry, trackBEntry, trackAEntry, x402nanoEntry];

/** Values that are nearly right: what a careless or hostile server writes. */
const nearly = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', '0', '00', '-1', '1e3', '0.1', '1 ', ' 1', '１', 'nano:mainnet', 'exact', BURN_ADDRESS),
  fc.constantFrom(-1, 0, 1.5, 1e21, 2 ** 53, 1_900_000_060_000, true, null),
  fc.constantFrom('__proto__', 'constructor', '2030-03-17', 'javascript:alert(1)', 'https://evil.example/'),
  fc.bigInt({ min: 0n, max: MAX_SUPPLY * 2n }).map(String),
);

/** A sound value with some of its parts, at any depth, replaced, removed or added to. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) {
    return fc.oneof({ weight: 14, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: nearly });
  }
  const fields = Object.entries(value).map(([key, part]) => fc.tuple(fc.constant(key), mutated(part)));
  return fc
    .tuple(
      fc.tuple(...fields),
      fc.oneof(
        { weight: 9, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(fc.tuple(fc.string({ maxLength: 12 }), nearly), { maxLength: 2 }) },
      ),
      fc.oneof({ weight: 12, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(10) }),
    )
    .map(([kept, added, dropped]) =>
      Object.fromEntries([...kept.filter((_, at) => at !== dropped), ...added]),
    );
}

const offered = fc
  .array(fc.oneof(...entries.map(mutated)), { minLength: 1, maxLength: 4 })
  .map((accepts) => ({ accepts, header: headerOf(envelopeOf(accepts)) }));

const offersIn = (found: Classification): readonly Offer[] =>
  found.kind === 'offers' ? found.entries.flatMap(({ offer }) => offer ?? []) : [];

describe('any offer at all', () => {
  test('is money that exists, to a payee that exists, from parts that add up, echoed as it was written', () => {
    let payable = 0;
    fc.assert(
      fc.property(offered, ({ accepts, header }) => {
        for (const offer of offersIn(classify(header, context))) {
          payable += 1;
          expect(offer.amount > 0n && offer.amount <= MAX_SUPPLY).toBe(true);
          expect(String(offer.amount)).toBe(offer.accepted.amount);
          expect(readAddress(offer.accepted.payTo)?.address).toBe(offer.payTo);
          expect(offer.payTo).not.toBe(BURN_ADDRESS);
          expect(offer.network).toBe(context.network);
          expect(offer.expiresAt).toBeGreaterThan(context.now);
          expect(Number.isSafeInteger(Math.trunc(offer.expiresAt))).toBe(true);
          if ('tagAmount' in offer) expect(offer.resourceAmount + offer.tagAmount).toBe(offer.amount);
          expect(JSON.stringify(offer.accepted)).toBe(JSON.stringify(accepts[offer.index]));
        }
      }),
      RUNS,
    );
    expect(payable).toBeGreaterThan(RUNS.numRuns / 10);
  });

  test('is either to be paid or refused with a reason, never both', () => {
    fc.assert(
      fc.property(offered, ({ accepts, header }) => {
        const found = classify(header, context);
        if (found.kind === 'refused') throw new Error(found.code);
        const places = [...found.offers, ...found.refused].map(({ index }) => index);
        expect(places.sort()).toEqual(accepts.map((_, index) => index));
      }),
      RUNS,
    );
  });
});

describe('nothing throws and nothing is payable', () => {
  const unpayable = (header: string) => {
    expect(offersIn(classify(header, context))).toEqual([]);
  };

  test('any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), unpayable), RUNS);
  });

  test('any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }).map(encodeBase64), unpayable), RUNS);
  });

  test('any JSON', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 6 }).map((json) => headerOf(JSON.parse(json))),
        unpayable,
      ),
      RUNS,
    );
  });

  test('any entries and circumstances', () => {
    fc.assert(
      fc.property(fc.array(nearly, { maxLength: 4 }), fc.webUrl(), fc.string(), (accepts, url, other) => {
        const header = headerOf(envelopeOf(accepts, { resource: { url: other } }));
        for (const page of [url, other]) {
          expect(offersIn(classify(header, { ...context, url: page }))).toEqual([]);
        }
      }),
      RUNS,
    );
  });
});

test('a good header with one byte changed is refused or still says what it pays', () => {
  const bytes = new TextEncoder().encode(JSON.stringify(envelopeOf([sessionEntry])));
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
      const changed = Uint8Array.from(bytes);
      changed[at] = byte;
      for (const offer of offersIn(classify(encodeBase64(changed), context))) {
        expect(String(offer.amount)).toBe(sessionEntry.amount);
        expect(offer.payTo).toBe(sessionEntry.payTo);
      }
    }),
    RUNS,
  );
});

test('any answer and any legacy response is read without a throw', () => {
  const header = fc.option(
    fc.oneof(
      fc.string(),
      fc.json().map((json) => headerOf(JSON.parse(json))),
    ),
  );
  const bodyText = fc.oneof(fc.string(), fc.json());
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 700 }), header, header, bodyText, (status, paid, fresh, body) => {
      const answer = readAnswer({ status, paymentResponse: paid, paymentRequired: fresh, bodyText: body });
      expect(answer.kind === 'paid').toBe(status >= 200 && status < 300);
      const headers = [{ name: 'X-Payment-Required', value: paid ?? undefined }];
      expect([undefined, 'V1_IGNORE']).toContain(recogniseLegacy({ headers, bodyText: body }));
    }),
    RUNS,
  );
});
