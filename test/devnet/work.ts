import { setImmediate } from 'node:timers/promises';
import { blake2b } from '@noble/hashes/blake2.js';
import { fromHex, type Hex32, readHex32 } from './hex.ts';

/** The difficulty a block's work must reach, by what the block does (docs/WIRE.md §6.4). */
export interface Thresholds {
  /** For a send and for a change of representative. */
  readonly send: bigint;
  /** For a receive and for the opening of an account. */
  readonly receive: bigint;
}

/** What a node of a private development network asks for: a few milliseconds of hashing. */
export const DEV_THRESHOLDS: Thresholds = { send: 0xffc0000000000000n, receive: 0xf000000000000000n };

/** What the live network asks for. */
export const LIVE_THRESHOLDS: Thresholds = { send: 0xfffffff800000000n, receive: 0xfffffe0000000000n };

const ALL_WORK = 1n << 64n;
const HASHES_PER_TURN = 1024;

/** A difficulty or a work value as the node writes it: 16 lower-case hex digits. */
export function hex64(value: bigint): string {
  return value.toString(16).padStart(16, '0');
}

/** uint64le(Blake2b-8(uint64le(work) || root)): how difficult this work was to find for this root. */
export function difficultyOf(work: bigint, root: Hex32): bigint {
  return attempt(preimage(root), work);
}

/** How many times harder than `base` a difficulty is, with the node's 15 decimals. */
export function multiplierOf(difficulty: bigint, base: bigint): string {
  return (Number(ALL_WORK - base) / Number(ALL_WORK - difficulty)).toFixed(15);
}

/** The difficulty that is `factor` times as hard as `base`. */
export function harder(base: bigint, factor: bigint): bigint {
  return ALL_WORK - (ALL_WORK - base) / factor;
}

/**
 * Finds work for a root, giving way to other requests every few milliseconds.
 * Rejects with the signal's reason when it is aborted.
 */
export async function findWork(root: Hex32, threshold: bigint, signal?: AbortSignal): Promise<bigint> {
  const view = preimage(root);
  const [start = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  for (let work = start; ; ) {
    for (let tries = 0; tries < HASHES_PER_TURN; tries += 1) {
      if (attempt(view, work) >= threshold) return work;
      work = BigInt.asUintN(64, work + 1n);
    }
    await setImmediate();
    signal?.throwIfAborted();
  }
}

/** The first nonce that is no work for a root at this threshold: a fixed one would be, now and then. */
export function noWork(root: string, threshold: bigint): bigint {
  const hash = readHex32(root);
  if (hash === undefined) throw new RangeError(`not a root: ${root}`);
  let work = 0n;
  while (difficultyOf(work, hash) >= threshold) work += 1n;
  return work;
}

function preimage(root: Hex32): DataView {
  const bytes = new Uint8Array(40);
  bytes.set(fromHex(root), 8);
  return new DataView(bytes.buffer);
}

function attempt(view: DataView, work: bigint): bigint {
  view.setBigUint64(0, work, true);
  const digest = blake2b(new Uint8Array(view.buffer), { dkLen: 8 });
  return new DataView(digest.buffer, digest.byteOffset, 8).getBigUint64(0, true);
}
