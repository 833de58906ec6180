import * as v from 'valibot';
import { Fault } from '../fault.ts';

/** An amount of money in raw, never negative. 1 XNO = 10^30 raw. */
export type Raw = bigint & v.Brand<'Raw'>;

const DECIMALS = 30;
const CANONICAL = /^(0|[1-9][0-9]*)$/;
const XNO = /^(0|[1-9][0-9]*)(?:\.([0-9]{1,30}))?$/;

/** 1 XNO in raw. */
export const RAW_PER_XNO = (10n ** BigInt(DECIMALS)) as Raw;

/** The total supply of the live network. docs/WIRE.md §6.7. */
export const MAX_SUPPLY = 133248297920938463463374607431768211455n as Raw;

/** The largest balance that fits in a block (128 bits). A private network's supply may be larger than MAX_SUPPLY. */
export const MAX_RAW = (2n ** 128n - 1n) as Raw;

export const ZERO = 0n as Raw;

/** The largest tag that a session adds to a price to make it unique (raw). Servers make tags of 64 bits. docs/WIRE.md §3.4. */
export const LARGEST_TAG = 2n ** 64n;
/** A tag above the price divided by this counts as price. */
export const PRICE_PER_TAG = 1_000_000n;

const LONGEST = MAX_RAW.toString().length;

/** Whether a value is an amount as messages write it: a decimal whole number of raw, no larger than the supply. */
export function isCanonicalRaw(text: unknown): text is string {
  return isRaw(text, MAX_SUPPLY);
}

function isRaw(text: unknown, most: Raw): text is string {
  return typeof text === 'string' && text.length <= LONGEST && CANONICAL.test(text) && BigInt(text) <= most;
}

/** Reads a canonical amount of raw from a string. @throws Fault `fault_badAmount`, also for any other type */
export function parseRaw(text: unknown): Raw {
  if (!isCanonicalRaw(text)) throw new Fault('fault_badAmount');
  return BigInt(text) as Raw;
}

/** Reads the balance of an account or the amount of a block, on any network. @throws Fault `fault_badAmount` */
export function parseBalance(text: unknown): Raw {
  if (!isRaw(text, MAX_RAW)) throw new Fault('fault_badAmount');
  return BigInt(text) as Raw;
}

/** Reads an amount of XNO as a person writes it, with at most 30 decimals. @throws Fault `fault_badAmount` */
export function parseXno(text: string): Raw {
  const [, whole, decimals = ''] = XNO.exec(text) ?? [];
  if (whole === undefined) throw new Fault('fault_badAmount');
  return parseRaw((whole + decimals.padEnd(DECIMALS, '0')).replace(/^0+(?=.)/, ''));
}

/** Writes an amount in XNO, exactly, without trailing zeros. */
export function formatXno(raw: Raw): string {
  const decimals = (raw % RAW_PER_XNO).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  const whole = raw / RAW_PER_XNO;
  return decimals === '' ? whole.toString() : `${whole}.${decimals}`;
}

/** The smallest amount that is written where an amount is rounded (raw): six decimals of a XNO. */
export const SHOWN_STEP = 10n ** 24n;

/** The multiple of `SHOWN_STEP` that is nearest to an amount. */
export function roundRaw(raw: bigint): Raw {
  const up = raw + SHOWN_STEP / 2n;
  return (up - (up % SHOWN_STEP)) as Raw;
}

/** The sum of two amounts. */
export const addRaw = (a: Raw, b: Raw): Raw => (a + b) as Raw;

/** Returns `from - amount`. @throws Fault `fault_insufficient`, with the missing XNO, when that would be negative */
export function subtractRaw(from: Raw, amount: Raw): Raw {
  if (amount > from) throw new Fault('fault_insufficient', [formatXno((amount - from) as Raw)]);
  return (from - amount) as Raw;
}

/** Schema of the balance of an account or the amount of a block, on any network, as nodes and stores write it. */
export const BalanceText = v.pipe(
  v.string(),
  v.check((text) => isRaw(text, MAX_RAW), 'not a canonical balance in raw'),
  v.transform((text) => BigInt(text) as Raw),
);

/** Schema of an amount as messages and stores write it. */
export const RawText = v.pipe(
  v.string(),
  v.check((text) => isCanonicalRaw(text), 'not a canonical amount of raw'),
  v.transform((text) => BigInt(text) as Raw),
);
