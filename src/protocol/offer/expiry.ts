import { type JsonObject, own } from '../wire/json.ts';

/** ISO 8601 with a time zone: a time without one would mean another moment on every machine. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** A larger number of seconds is taken for milliseconds, and refused (docs/WIRE.md §3.10 rule 7). */
const MAX_UNIX_SECONDS = 99_999_999_999;

/** Reads an ISO 8601 time into ms since the epoch; undefined for anything else. */
function readIsoTime(value: unknown): number | undefined {
  if (typeof value !== 'string' || !ISO.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** The earlier of `deadline` (ms) and the object's own `expiresAt`, which may be missing but not be anything else. */
export function readExpiresAt(object: JsonObject, deadline: number): number | 'BAD_EXPIRY' {
  if (!Object.hasOwn(object, 'expiresAt')) return deadline;
  const time = readIsoTime(own(object, 'expiresAt'));
  return time === undefined ? 'BAD_EXPIRY' : Math.min(deadline, time);
}

/** Reads Unix seconds into ms since the epoch; undefined for fractions, other types and milliseconds. */
export function readUnixSeconds(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value > MAX_UNIX_SECONDS) return undefined;
  return value * 1000;
}

/**
 * What `maxTimeoutSeconds` means (docs/WIRE.md §7.6): how long the offer lives, or how long the server looks for the
 * confirmation of a block that it published itself.
 */
export type TimeoutMeaning = 'life' | 'confirmation';

/** Reads `maxTimeoutSeconds`: undefined where it is absent. */
export function readTimeout(entry: JsonObject): number | 'BAD_TIMEOUT' | undefined {
  const seconds = own(entry, 'maxTimeoutSeconds');
  if (seconds === undefined) return undefined;
  return typeof seconds === 'number' && seconds > 0 ? seconds : 'BAD_TIMEOUT';
}
