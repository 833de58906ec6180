import { addRaw, type Raw, ZERO } from '../nano/amount.ts';
import { sumKey } from '../policy/reservation.ts';
import { calendarWindows, type Day, daysAfter, daysBetween } from '../policy/spending-windows.ts';
import type { Site } from '../site.ts';
import type { Database } from './schema.ts';

/** What was spent and reserved (raw), without session tags and without what payees sent back. */
export interface Totals {
  /** Since the first day of the week. */
  readonly week: Raw;
  /** Since the first day of the month. */
  readonly month: Raw;
  /** In all. Null over all sites. */
  readonly ever: Raw | null;
}

const MONTH = /^\d{4}-\d{2}$/;

/**
 * Returns what was spent on a network, at one site or at all of them (null). The sums that limits count are read, so that the
 * time does not grow with the number of payments.
 *
 * @param weekFrom the first day of the week: today or one of the six days before
 * @param now the time (ms since the epoch)
 */
export async function readTotals(
  database: Database,
  network: string,
  site: Site | null,
  weekFrom: Day,
  now: number,
): Promise<Totals> {
  const { day, month } = calendarWindows(now);
  const days = Array.from({ length: daysBetween(weekFrom, day) + 1 }, (_, index) =>
    daysAfter(weekFrom, index),
  );
  const { store } = database.transaction('spending');
  const sumOf = async (windows: readonly string[]): Promise<Raw> => {
    const rows = await Promise.all(windows.map((window) => store.get(sumKey(network, site, window))));
    return rows.reduce((sum, row) => addRaw(sum, row?.spent ?? ZERO), ZERO);
  };
  const ever = async (): Promise<Raw> => {
    const keys = await store.getAllKeys(IDBKeyRange.bound([network, site], [network, site, []]));
    return sumOf(keys.map(([, , window]) => window).filter((window) => MONTH.test(window)));
  };
  const [week, thisMonth, all] = await Promise.all([
    sumOf(days),
    sumOf([month]),
    site === null ? null : ever(),
  ]);
  return { week, month: thisMonth, ever: all };
}
