import type { IDBPTransaction, StoreNames } from 'idb';
import type { Intent } from '../payments/payment.ts';
import { type PrivateIntent, siteOnDisk } from '../payments/private-record.ts';
import { type Overall, spendingWindowsAt } from '../policy/budget.ts';
import {
  type AllowanceRows,
  type Counted,
  capKeys,
  overallOf,
  type SpendingRow,
  type SumKey,
  sumKeys,
} from '../policy/reservation.ts';
import type { CalendarWindows } from '../policy/spending-windows.ts';
import type { Site } from '../site.ts';
import type { PurseSchema } from './schema.ts';
import { settingOf } from './settings.ts';

type Store = StoreNames<PurseSchema>;
type Transaction<S extends Store, M extends IDBTransactionMode> = IDBPTransaction<PurseSchema, S[], M>;

/** The network, site and windows of the sums that an intent counts in. */
export function countedFor(
  intent: Pick<Intent, 'network' | 'site' | 'challenge' | 'windows'> | PrivateIntent,
): Counted {
  return { network: intent.network.id, site: siteOnDisk(intent), windows: intent.windows };
}

/** Reads the rows that say what a site may spend at a moment (ms since the epoch). */
export async function readAllowance<S extends Store, M extends IDBTransactionMode>(
  transaction: Transaction<S | 'budgets' | 'spending' | 'settings', M>,
  network: string,
  site: Site,
  at: number,
): Promise<AllowanceRows> {
  const budget = (await transaction.objectStore('budgets').get([network, site])) ?? null;
  const windows = spendingWindowsAt(budget, at);
  const [cap, spending] = await Promise.all([
    transaction.objectStore('settings').get('cap'),
    readSums(transaction, sumKeys({ network, site, windows })),
  ]);
  return { budget, windows, spending, cap: settingOf('cap', cap) };
}

/** Reads the cap over all sites, and the amount spent of it in these windows. */
export async function readOverall<S extends Store, M extends IDBTransactionMode>(
  transaction: Transaction<S | 'spending' | 'settings', M>,
  network: string,
  windows: Pick<CalendarWindows, 'day' | 'month'>,
): Promise<Overall> {
  const [cap, spending] = await Promise.all([
    transaction.objectStore('settings').get('cap'),
    readSums(transaction, capKeys(network, windows)),
  ]);
  return overallOf(network, { windows, spending, cap: settingOf('cap', cap) });
}

/** Reads the sums of these keys. A sum of zero may have no row. */
export async function readSums<S extends Store, M extends IDBTransactionMode>(
  transaction: Transaction<S | 'spending', M>,
  keys: readonly SumKey[],
): Promise<readonly SpendingRow[]> {
  const store = transaction.objectStore('spending');
  const rows = await Promise.all(keys.map((key) => store.get(key)));
  return rows.filter((row) => row !== undefined);
}

/** Writes sums, and replaces those with the same keys. */
export async function writeSums<S extends Store>(
  transaction: Transaction<S | 'spending', 'readwrite'>,
  rows: readonly SpendingRow[],
): Promise<void> {
  const store = transaction.objectStore('spending');
  await Promise.all(rows.map((row) => store.put(row)));
}
