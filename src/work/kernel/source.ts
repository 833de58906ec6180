/**
 * Writes the search kernel as WebAssembly text. The module has one function and no memory:
 *
 *     search(start: i64, count: i32, threshold: i64, root0..root3: i64) -> i32
 *
 * It tries the nonces start, start + 1, … start + count − 1 (modulo 2^64) against the root, four little-endian words,
 * and returns the offset from the start of the first one that reaches the threshold, or −1. `count` is a positive even
 * number.
 */
import { blake2b64 } from './blake2b.ts';
import { lower, type Spelling } from './lower.ts';
import { input } from './words.ts';

/** `simd` tries two nonces at a time in 128-bit vectors; `scalar` one at a time, for machines without vectors. */
export type KernelName = 'simd' | 'scalar';

export const kernelNames: readonly KernelName[] = ['simd', 'scalar'];

/** The parts of the source in which the kernels differ. */
interface Dialect extends Spelling {
  readonly type: 'v128' | 'i64';
  readonly lanes: 1 | 2;
  /** Locals and code before the loop. */
  readonly prologue: { readonly locals: string; readonly code: string };
  /** A word with the i64 in every lane. */
  splat(i64: string): string;
  /** The nonces of the first step. */
  firstNonces(start: string): string;
  /** Returns from the function with the offset of the first lane of `value` that is at least `threshold`, if any. */
  leaveIfReached(value: string): string;
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const bytes = (from: (byte: number) => number): string =>
  Array.from({ length: 16 }, (_, i) => from(i)).join(' ');
/** The byte indices that rotate both halves of a vector right by whole bytes. */
const byteTurn = (by: number): string => bytes((i) => (i & 8) | ((i + by / 8) & 7));

const topBits = `(v128.const i64x2 ${hex(1n << 63n)} ${hex(1n << 63n)})`;
/** Flips the top bits, so that a signed comparison of the results is an unsigned one of the inputs. */
const flipped = (vector: string): string => `(v128.xor ${vector} ${topBits})`;

const scalar: Dialect = {
  type: 'i64',
  lanes: 1,
  prologue: { locals: '', code: '' },
  constant: (value) => `(i64.const ${hex(value)})`,
  splat: (i64) => i64,
  add: (left, right) => `(i64.add ${left} ${right})`,
  xor: (left, right) => `(i64.xor ${left} ${right})`,
  rotr: (word, by) => `(i64.rotr ${word} (i64.const ${by}))`,
  firstNonces: (start) => start,
  leaveIfReached: (value) =>
    `(if (i64.ge_u ${value} (local.get $threshold)) (then (return (local.get $done))))`,
};

/**
 * V8 keeps the constant mask of a swizzle in memory but rebuilds the mask of a general shuffle at every use. Rotations
 * by bytes are therefore swizzles, except that by 32 bits, which is a single `pshufd`. Vectors only have a signed
 * comparison, so both sides have their top bit flipped.
 */
const simd: Dialect = {
  type: 'v128',
  lanes: 2,
  prologue: {
    locals: '(local $limit v128) (local $reached v128)',
    code: `(local.set $limit ${flipped('(i64x2.splat (local.get $threshold))')})`,
  },
  constant: (value) => `(v128.const i64x2 ${hex(value)} ${hex(value)})`,
  splat: (i64) => `(i64x2.splat ${i64})`,
  add: (left, right) => `(i64x2.add ${left} ${right})`,
  xor: (left, right) => `(v128.xor ${left} ${right})`,
  rotr: (word, by) => {
    if (by === 63) return `(v128.or (i64x2.shr_u ${word} (i32.const 63)) (i64x2.add ${word} ${word}))`;
    if (by === 32) return `(i8x16.shuffle ${byteTurn(32)} ${word} ${word})`;
    return `(i8x16.swizzle ${word} (v128.const i8x16 ${byteTurn(by)}))`;
  },
  firstNonces: (start) => `(i64x2.add (i64x2.splat ${start}) (v128.const i64x2 0 1))`,
  leaveIfReached: (value) => `
      (local.set $reached (i64x2.ge_s ${flipped(value)} (local.get $limit)))
      (if (v128.any_true (local.get $reached)) (then
        (return (i32.add (local.get $done) (i64.eqz (i64x2.extract_lane 0 (local.get $reached)))))))`,
};

const dialects: Readonly<Record<KernelName, Dialect>> = { simd, scalar };

/** Writes the kernel as WebAssembly text. The text depends on the source alone. */
export function kernelSource(name: KernelName): string {
  const dialect = dialects[name];
  const root = [0, 1, 2, 3].map((index) => input(`root${index}`, 'root'));
  const value = blake2b64([input('nonce', 'nonce'), ...root], 40);
  const code = lower(value, dialect);
  return `(module
  (func (export "search")
    (param $start i64) (param $count i32) (param $threshold i64)
    ${root.map((_, index) => `(param $i64.root${index} i64)`).join(' ')}
    (result i32)
    (local $done i32) ${dialect.prologue.locals}
    (local $nonce ${dialect.type}) ${root.map((_, index) => `(local $root${index} ${dialect.type})`).join(' ')}
    ${code.locals.map((local) => `(local ${local} ${dialect.type})`).join(' ')}
    ${dialect.prologue.code}
    (local.set $nonce ${dialect.firstNonces('(local.get $start)')})
    ${root.map((_, index) => `(local.set $root${index} ${dialect.splat(`(local.get $i64.root${index})`)})`).join('\n    ')}
    ${code.once.join('\n    ')}
    (loop $next
      ${code.everyStep.join('\n      ')}
      ${dialect.leaveIfReached(code.value)}
      (local.set $nonce ${dialect.add('(local.get $nonce)', dialect.constant(BigInt(dialect.lanes)))})
      (br_if $next (i32.lt_u
        (local.tee $done (i32.add (local.get $done) (i32.const ${dialect.lanes})))
        (local.get $count))))
    (i32.const -1)))
`;
}
