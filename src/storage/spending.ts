import type { IDBPTransaction, StoreNames } from 'idb';
import { addRaw, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { Intent } from '../payments/payment.ts';
import { type PrivateIntent, siteOnDisk } from '../payments/private-record.ts';
import { type Allowance, type Overall, type SpendingWindows, spendingWindowsAt } from '../policy/budget.ts';
import type { CalendarWindows } from '../policy/spending-windows.ts';
import type { Site } from '../site.ts';
import type { PurseSchema, SpendingRow } from './schema.ts';
import { settingOf } from './settings.ts';

type Store = StoreNames<PurseSchema>;
type Transaction<S extends Store, M extends IDBTransactionMode> = IDBPTransaction<PurseSchema, S[], M>;
type Key = [network: string, site: string, window: string];

/** Stands where a site would: the sum over all of them. No origin reads like it. */
const ALL_SITES = '*';

/**
 * What a site may spend, and has spent in the windows of a moment (ms); and which these are. They are told once: the
 * user may come into another time zone while this is read.
 */
export async function readAllowance<S extends Store, M extends IDBTransactionMode>(
  transaction: Transaction<S | 'budgets' | 'spending' | 'settings', M>,
  network: string,
  site: Site,
  at: number,
): Promise<Allowance & { readonly windows: SpendingWindows }> {
  const budget = (await transaction.objectStore('budgets').get([network, site])) ?? null;
  const windows = spendingWindowsAt(budget, at);
  const { hour, day, month, term } = windows;
  const [overall, perHour, perDay, perMonth, total] = await Promise.all([
    readOverall(transaction, network, windows),
    spentIn(transaction, [network, site, hour]),
    spentIn(transaction, [network, site, day]),
    spentIn(transaction, [network, site, month]),
    term === null ? ZERO : spentIn(transaction, [network, site, term]),
  ]);
  return { budget, spent: { perHour, perDay, perMonth, total }, ...overall, windows };
}

/** The cap over all sites, and what they have spent of it in these windows. */
export async function readOverall<S extends Store, M extends IDBTransactionMode>(
  transaction: Transaction<S | 'spending' | 'settings', M>,
  network: string,
  { day, month }: Pick<CalendarWindows, 'day' | 'month'>,
): Promise<Overall> {
  const [cap, perDay, perMonth] = await Promise.all([
    transaction.objectStore('settings').get('cap'),
    spentIn(transaction, [network, ALL_SITES, day]),
    spentIn(transaction, [network, ALL_SITES, month]),
  ]);
  return { cap: settingOf('cap', cap), spentByAll: { perDay, perMonth } };
}

async function spentIn<S extends Store, M extends IDBTransactionMode>(
  transaction: Transaction<S | 'spending', M>,
  account: Key,
): Promise<Raw> {
  return ((await transaction.objectStore('spending').get(account))?.spent ?? ZERO) as Raw;
}

/** Counts an intent's amount in each of its windows. */
export function debit<S extends Store>(
  transaction: Transaction<S | 'spending', 'readwrite'>,
  intent: Intent | PrivateIntent,
): Promise<void> {
  return change(transaction, intent, (spent) => addRaw(spent, intent.amount));
}

/** Takes it out again of exactly those. */
export function giveBack<S extends Store>(
  transaction: Transaction<S | 'spending', 'readwrite'>,
  intent: Intent | PrivateIntent,
): Promise<void> {
  return change(transaction, intent, (spent) => subtractRaw(spent, intent.amount));
}

async function change<S extends Store>(
  transaction: Transaction<S | 'spending', 'readwrite'>,
  intent: Intent | PrivateIntent,
  to: (spent: Raw) => Raw,
): Promise<void> {
  await Promise.all(
    accountsOf(intent).map(async (key) => {
      const spent = await spentIn(transaction, key);
      await transaction.objectStore('spending').put(rowOf(key, to(spent)));
    }),
  );
}

/**
 * The accounts in which an intent counts: its site's in every window, and that of all sites in the longer ones. One of a
 * private window counts in the latter only.
 */
export function accountsOf(
  intent: Pick<Intent, 'network' | 'site' | 'challenge' | 'windows'> | PrivateIntent,
): Key[] {
  const { network, windows } = intent;
  const { hour, day, month, term } = windows;
  const site = siteOnDisk(intent);
  const own = term === null ? [hour, day, month] : [hour, day, month, term];
  return [
    ...(site === null ? [] : own.map((window): Key => [network.id, site, window])),
    ...[day, month].map((window): Key => [network.id, ALL_SITES, window]),
  ];
}

/** An account as it lies on disk. */
export const rowOf = ([network, site, window]: Key, spent: Raw): SpendingRow => ({
  network,
  site,
  window,
  spent,
});
