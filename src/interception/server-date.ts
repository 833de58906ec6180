/** The headers of a response that tell when it was sent; null where it lacks one. */
export interface Dated {
  readonly date: string | null;
  readonly age: string | null;
}

/** An HTTP date as servers must write it (RFC 9110, 5.6.7). Two in one response are none. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * What the clock of a server showed when it sent a response (ms since the epoch): its `Date` (docs/WIRE.md §7.27). Undefined
 * where there is none, and where the response carries an `Age`: a cache on the way has kept it for a while.
 */
export function serverDateOf({ date, age }: Dated): number | undefined {
  if (date === null || age !== null || !HTTP_DATE.test(date)) return undefined;
  const time = Date.parse(date);
  return Number.isNaN(time) || time < 0 ? undefined : time;
}
