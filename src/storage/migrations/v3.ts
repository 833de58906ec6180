import type { IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import { addRaw, ZERO } from '../../nano/amount.ts';
import { type Intent, isDebited } from '../../payments/payment.ts';
import { newBudget } from '../../policy/budget.ts';
import { sumKeys } from '../../policy/reservation.ts';
import { calendarWindows, type Day } from '../../policy/spending-windows.ts';
import type { PurseSchema } from '../schema.ts';
import { countedFor } from '../spending.ts';

type Upgrade = IDBPTransaction<PurseSchema, StoreNames<PurseSchema>[], 'versionchange'>;
/** An intent of version 2, which counted in the sum of its day only. */
type CountedByDay = Intent & { readonly day: Day };

/**
 * From version 2 to 3: a payment counts in the sums of its hour, day, month and budget period. The sums are computed
 * again from the payments. A budget keeps its two limits, its payee and its start.
 */
export async function countInWindows(
  database: IDBPDatabase<PurseSchema>,
  transaction: Upgrade,
): Promise<void> {
  database.deleteObjectStore('spending');
  const spending = database.createObjectStore('spending', { keyPath: ['network', 'site', 'window'] });

  const budgets = transaction.objectStore('budgets');
  const periods = new Map<string, { readonly since: number; readonly name: string }>();
  for (const before of await budgets.getAll()) {
    const { network, site, since } = before;
    const budget = { ...newBudget(network, site, since), ...before };
    periods.set([network, site].join(' '), { since, name: budget.firstPeriod });
    await budgets.put(budget);
  }

  let cursor = await transaction.objectStore('payments').openCursor();
  for (; cursor !== null; cursor = await cursor.continue()) {
    const row = cursor.value;
    const { day, ...before } = row.payment.intent as CountedByDay;
    const { hour } = calendarWindows(before.at);
    const running = periods.get([before.network.id, before.site].join(' '));
    const period = running !== undefined && before.at >= running.since ? running.name : null;
    const intent: Intent = {
      ...before,
      windows: { hour, day, month: day.slice(0, 'YYYY-MM'.length), period },
    };
    await cursor.update({ ...row, payment: { ...row.payment, intent } });
    if (!isDebited(row.payment.progress.state)) continue;
    for (const key of sumKeys(countedFor(intent))) {
      const spent = (await spending.get(key))?.spent ?? ZERO;
      const [network, site, window] = key;
      await spending.put({ network, site, window, spent: addRaw(spent, intent.amount) });
    }
  }
}
