import fc from 'fast-check';
import { expect, test } from 'vitest';
import { derivesAlike, disagreements } from './ed25519.fixture.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test('keys, signatures and verifications agree with nanocurrency-web', () => {
  const cases = fc.record({
    key: bytes(32),
    message: fc.uint8Array({ maxLength: 200 }),
    bit: fc.nat({ max: 511 }),
  });
  fc.assert(
    fc.property(cases, (one) => {
      expect(disagreements(one)).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test('accounts of both kinds of seed agree with nanocurrency-web', () => {
  fc.assert(
    fc.property(bytes(64), fc.nat({ max: 2 ** 31 - 1 }), (seed, index) => {
      expect(derivesAlike(seed, index)).toBe(true);
      expect(derivesAlike(seed.subarray(32), index)).toBe(true);
    }),
    { numRuns: 25 },
  );
});
