/** The longest wait that a server is granted (ms): that of all its answers to one payment (docs/WIRE.md §11.3). */
export const LONGEST_RETRY_AFTER = 10 * 60_000;

/**
 * Reads `Retry-After`: seconds, or an HTTP date. Returns the wait from `now` (ms), between zero and
 * `LONGEST_RETRY_AFTER`; undefined for any other text.
 */
export function readRetryAfter(value: string, now: number): number | undefined {
  const text = value.trim();
  if (/^\d{1,10}$/.test(text)) return capped(Number(text) * 1000);
  // `Date.parse` reads many texts; an HTTP date begins with the name of its day and is in GMT.
  if (!/^[A-Z][a-z]{2,8}, .* GMT$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : capped(at - now);
}

function capped(wait: number): number {
  return Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER);
}
