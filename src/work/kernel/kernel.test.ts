import { blake2b } from '@noble/hashes/blake2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nonceOf, parseThreshold, parseWorkRoot, workValue } from '../difficulty.ts';
import { assembleKernel } from './assemble.ts';
import { openKernel } from './kernel.ts';
import { kernelNames } from './source.ts';

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const roots = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => parseWorkRoot(Buffer.from(bytes).toString('hex')));
const threshold = (value: bigint) => parseThreshold(value.toString(16).padStart(16, '0'));

/** The work value by a Blake2b library, independent of the kernel. */
function referenceValue(root: string, nonce: bigint): bigint {
  const message = Buffer.concat([Buffer.alloc(8), Buffer.from(root, 'hex')]);
  message.writeBigUInt64LE(nonce);
  return Buffer.from(blake2b(message, { dkLen: 8 })).readBigUInt64LE();
}

describe.each(kernelNames)('the %s kernel', (name) => {
  const bytes = assembleKernel(name);
  const kernel = openKernel(new WebAssembly.Module(bytes));

  it('is assembled to the same bytes every time', () => {
    expect(Buffer.from(assembleKernel(name)).equals(bytes)).toBe(true);
  });

  it('computes the exact Blake2b value of every nonce', () => {
    fc.assert(
      fc.property(roots, u64, fc.integer({ min: 0, max: 1 }), (root, start, lane) => {
        const nonce = BigInt.asUintN(64, start + BigInt(lane));
        const value = referenceValue(root, nonce);
        const other = referenceValue(root, BigInt.asUintN(64, start + BigInt(1 - lane)));
        fc.pre(other < value && value < 2n ** 64n - 1n);
        expect(kernel(root, threshold(value))(start, 2)).toBe(nonce);
        expect(kernel(root, threshold(value + 1n))(start, 2)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('finds exactly the nonces that reach the threshold', () => {
    const root = parseWorkRoot('D2B3C9D00FFB55E84E7979D67308A515FB07CA79E40A77EB1AAFE62881781783');
    const loose = 0xff00_0000_0000_0000n;
    const search = kernel(root, threshold(loose));
    const count = 2 ** 14;
    const start = 2n ** 64n - BigInt(count / 2);

    const found: bigint[] = [];
    for (let tried = 0; tried < count; ) {
      const from = BigInt.asUintN(64, start + BigInt(tried));
      const nonce = search(from, count - tried + ((count - tried) % 2));
      if (nonce === undefined) break;
      found.push(nonce);
      tried += Number(BigInt.asUintN(64, nonce - from)) + 1;
    }

    const expected = Array.from({ length: count }, (_, offset) =>
      BigInt.asUintN(64, start + BigInt(offset)),
    ).filter((nonce) => referenceValue(root, nonce) >= loose);
    expect(expected.length).toBeGreaterThan(30);
    expect(found).toEqual(expected);
  });

  it('takes the first of two lanes when both reach the threshold', () => {
    const root = parseWorkRoot('A'.repeat(64));
    expect(kernel(root, threshold(0n))(41n, 2)).toBe(41n);
    expect(kernel(root, threshold(0n))(42n, 2)).toBe(42n);
  });

  it('finds nonces that workValue confirms', () => {
    fc.assert(
      fc.property(roots, u64, (root, start) => {
        const nonce = kernel(root, threshold(0xf000_0000_0000_0000n))(start, 1024);
        expect(nonce).toBeDefined();
        expect(workValue(root, nonceOf(nonce ?? 0n))).toBeGreaterThanOrEqual(0xf000_0000_0000_0000n);
      }),
      { numRuns: 50 },
    );
  });
});

describe('openKernel', () => {
  it('refuses a module that is no kernel', () => {
    const empty = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    expect(() => openKernel(empty)).toThrow(TypeError);
  });
});
