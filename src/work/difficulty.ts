/**
 * Proof of work on Nano: a 64-bit nonce whose Blake2b-64 hash together with the root of the block (the previous block's
 * hash, or the account's public key for the first block) reaches the network's threshold.
 * docs.nano.org, "Work"; the vectors are in test/vectors/data/work.json.
 */
import { blake2b } from '@noble/hashes/blake2.js';
import * as v from 'valibot';
import { Fault, type FaultKey } from '../fault.ts';

/** The nonce of a proof: 16 hex digits in lower case, a big-endian u64, in the format of a block's `work` field. */
export const WorkNonceSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{16}$/i),
  v.toLowerCase(),
  v.brand('WorkNonce'),
);
export type WorkNonce = v.InferOutput<typeof WorkNonceSchema>;

/** The least work value that a network accepts: 16 hex digits in lower case, a big-endian u64. */
export const ThresholdSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{16}$/i),
  v.toLowerCase(),
  v.brand('Threshold'),
);
export type Threshold = v.InferOutput<typeof ThresholdSchema>;

/** The value that a proof is for: 64 hex digits in upper case, a block hash or a public key. */
export const WorkRootSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9A-F]{64}$/i),
  v.toUpperCase(),
  v.brand('WorkRoot'),
);
export type WorkRoot = v.InferOutput<typeof WorkRootSchema>;

/** Reads a nonce of either case. @throws Fault `fault_workNonceMalformed` */
export const parseWorkNonce = (text: string): WorkNonce =>
  read(WorkNonceSchema, text, 'fault_workNonceMalformed');

/** Reads a threshold of either case. @throws Fault `fault_workThresholdMalformed` */
export const parseThreshold = (text: string): Threshold =>
  read(ThresholdSchema, text, 'fault_workThresholdMalformed');

/** Reads a block hash or public key of either case. @throws Fault `fault_workRootMalformed` */
export const parseWorkRoot = (text: string): WorkRoot =>
  read(WorkRootSchema, text, 'fault_workRootMalformed');

/** Writes a number modulo 2^64 as a nonce. */
export const nonceOf = (value: bigint): WorkNonce =>
  parseWorkNonce(BigInt.asUintN(64, value).toString(16).padStart(16, '0'));

/** The work value of a nonce for a root, as a u64: uint64le(Blake2b-8(uint64le(nonce) ‖ root)). */
export function workValue(root: WorkRoot, nonce: WorkNonce): bigint {
  const input = new Uint8Array(40);
  new DataView(input.buffer).setBigUint64(0, toU64(nonce), true);
  input.set(rootBytes(root), 8);
  const digest = blake2b(input, { dkLen: 8 });
  return new DataView(digest.buffer, digest.byteOffset, 8).getBigUint64(0, true);
}

/** Whether a nonce is proof of work for this root at this threshold. */
export const meets = (root: WorkRoot, nonce: WorkNonce, threshold: Threshold): boolean =>
  workValue(root, nonce) >= toU64(threshold);

/**
 * How many times as many hashes a proof at one threshold takes on average as a proof at another, rounded up:
 * (2^64 − base) / (2^64 − asked).
 */
export function timesHarder(asked: Threshold, base: Threshold): bigint {
  const [few, many] = [2n ** 64n - toU64(asked), 2n ** 64n - toU64(base)];
  return (many + few - 1n) / few;
}

/** Reads a nonce or threshold as a u64. */
export const toU64 = (hex: WorkNonce | Threshold): bigint => BigInt(`0x${hex}`);

/** The 32 bytes of a root. */
export function rootBytes(root: WorkRoot): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(root.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

function read<TSchema extends v.GenericSchema<string, string>>(
  schema: TSchema,
  text: string,
  key: FaultKey,
): v.InferOutput<TSchema> {
  const result = v.safeParse(schema, text);
  if (!result.success) throw new Fault(key, [], { cause: new v.ValiError(result.issues) });
  return result.output;
}
