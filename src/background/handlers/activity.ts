import { Fault } from '../../fault.ts';
import type { PageHandlersOf } from '../../messages/router.ts';
import { type AnyPayment, isWhole } from '../../payments/private-record.ts';
import { calendarDay, type Day, daysBetween, isDay } from '../../policy/spending-windows.ts';
import {
  type Activity,
  countSmallReceives,
  readActivity,
  readUndelivered,
  searchActivity,
} from '../../storage/activity.ts';
import { passesFilter } from '../../storage/activity-filter.ts';
import type { Place } from '../../storage/schema.ts';
import { readTotals } from '../../storage/totals.ts';
import { activityView } from '../views/activity.ts';
import { paymentView } from '../views/payment.ts';
import { siteIn } from './input.ts';
import type { HandlerParts } from './parts.ts';

export function activityHandlers({
  database,
  journal,
  chains,
  log,
  openWallets,
  settings,
  now,
}: HandlerParts): PageHandlersOf<'activity' | 'log'> {
  /** A payment of a private window with the parts that only memory has: it can be delivered while the browser runs. */
  const whole = async (item: Activity): Promise<Activity> => {
    if (item.kind !== 'payment' || isWhole(item.payment)) return item;
    return { ...item, payment: (await journal.find(item.payment.intent.id)) ?? item.payment };
  };
  const handedOverHashes = async () => new Set((await chains.handedOver()).map(({ hash }) => hash));
  const refundedBy = async (item: Activity): Promise<AnyPayment | null> => {
    const refundOf = item.kind === 'transfer' ? item.transfer.refundOf : undefined;
    return refundOf === undefined ? null : journal.find(refundOf);
  };
  /** Why the account of a payment cannot look at the ledger now. */
  const troubleOf = async (item: Activity): Promise<Fault | null> => {
    if (item.kind !== 'payment') return null;
    const { network, account } = item.payment.intent;
    const wallet = await openWallets.current();
    return wallet?.network.id === network.id ? (wallet.of(account)?.failure ?? null) : null;
  };
  return {
    'activity.page': async ({ before, limit, range, ...filter }) => {
      const cursor = before === null ? null : cursorOf(before);
      const isUnfiltered = filter.site === undefined && filter.search === undefined;
      const { items, next } = isUnfiltered
        ? await readActivity(database, cursor, limit, range)
        : await searchActivity(database, cursor, limit, range ?? 'all', passesFilter(filter));
      const handedOver = await handedOverHashes();
      return {
        items: await Promise.all(
          items.map(async (item) =>
            activityView(await whole(item), handedOver, await refundedBy(item), await troubleOf(item)),
          ),
        ),
        next: next === null ? null : next.join(' '),
      };
    },
    'activity.undelivered': async () => {
      const { id } = await settings.network();
      const handedOver = await handedOverHashes();
      const views = (await readUndelivered(database, id)).map((payment) => paymentView(payment, handedOver));
      return views.filter(({ canDeliver }) => canDeliver);
    },
    'activity.totals': async ({ site, weekFrom }) => {
      const { id } = await settings.network();
      const { week, month, ever } = await readTotals(
        database,
        id,
        site === null ? null : siteIn(site),
        weekDay(weekFrom, now()),
        now(),
      );
      return { week: week.toString(), month: month.toString(), ever: ever?.toString() ?? null };
    },
    'activity.small': () => countSmallReceives(database),
    'log.list': () => log.list(),
  };
}

/** The first day of a week that a moment (ms) is in. @throws Fault `fault_badMessage` for any other text */
function weekDay(text: string, at: number): Day {
  const days = isDay(text) ? daysBetween(text, calendarDay(at)) : -1;
  if (!isDay(text) || days < 0 || days > 6) throw new Fault('fault_badMessage');
  return text;
}

/** Reads the cursor that a page of the activity ended with. @throws Fault `fault_badMessage` */
function cursorOf(text: string): Place {
  const [, at, id] = /^(-?\d{1,16}) (\S{1,128})$/.exec(text) ?? [];
  if (at === undefined || id === undefined) throw new Fault('fault_badMessage');
  return [Number(at), id];
}
