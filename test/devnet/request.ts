import * as v from 'valibot';
import { readAddress } from './address.ts';
import { readRaw } from './block.ts';
import type { NodeErrorText } from './errors.ts';
import { readHex, readHex32 } from './hex.ts';

/**
 * The fields of requests, read by the node's rules: a number or boolean counts as its text, a missing field is
 * "Unable to parse JSON", and each kind of malformed value has its own sentence.
 */
const MISSING: NodeErrorText = 'Unable to parse JSON';

const scalar = v.pipe(
  v.union([v.string(), v.boolean(), v.pipe(v.number(), v.safeInteger())], MISSING),
  v.transform((value) => String(value)),
);

/** A request with these fields; others are ignored. */
export function fields<Entries extends v.ObjectEntries>(entries: Entries) {
  return v.object(entries, MISSING);
}

function readBy<Value>(read: (text: string) => Value | undefined, error: NodeErrorText) {
  return v.pipe(
    scalar,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const value = read(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message: error });
      return NEVER;
    }),
  );
}

/** Any scalar as text. */
export const text = scalar;

/** Any scalars as texts. */
export const texts = v.array(scalar, MISSING);

/** An address, as its account. */
export const account = readBy(readAddress, 'Bad account number');

/** A block hash. */
export const hash = readBy(readHex32, 'Invalid block hash');

/** An amount of raw below which something is left out; none unless given. */
export const threshold = v.optional(readBy(readRaw, 'Bad threshold number'), '0');

const unsigned = (digits: string) => (/^\d{1,15}$/.test(digits) ? Number(digits) : undefined);

/** How many at least one. */
export const count = readBy((digits) => unsigned(digits) || undefined, 'Invalid count');

/** How many; all unless given. */
export const optionalCount = v.optional(readBy(unsigned, 'Invalid count'), '9'.repeat(15));

/** How many to skip; none unless given. */
export const offset = v.optional(readBy(unsigned, 'Invalid offset'), '0');

const hex64Value = (digits: string) =>
  readHex(digits, 16) === undefined ? undefined : BigInt(`0x${digits}`);

/** A work value. */
export const work = v.optional(readBy(hex64Value, 'Bad work'), '0');

/** A difficulty, if given. */
export const difficulty = v.exactOptional(readBy(hex64Value, 'Bad difficulty'));

/** A switch: true, false, 1 or 0; what is none of these counts as not given. */
export function flag(otherwise: boolean) {
  return v.pipe(
    v.optional(v.unknown(), otherwise),
    v.transform((value) => {
      const word = String(value);
      if (word === 'true' || word === '1') return true;
      return word === 'false' || word === '0' ? false : otherwise;
    }),
  );
}
