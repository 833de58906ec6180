import { Fault } from '../../fault.ts';
import type { PageHandlersOf } from '../../messages/router.ts';
import { type AnyPayment, isWhole } from '../../payments/private-record.ts';
import { type Activity, countSmallReceives, readActivity } from '../../storage/activity.ts';
import type { Place } from '../../storage/schema.ts';
import { activityView } from '../views/activity.ts';
import type { HandlerParts } from './parts.ts';

export function activityHandlers({
  database,
  journal,
  chains,
  log,
  openWallets,
}: HandlerParts): PageHandlersOf<'activity' | 'log'> {
  /** A payment of a private window with the parts that only memory has: it can be delivered while the browser runs. */
  const whole = async (item: Activity): Promise<Activity> => {
    if (item.kind !== 'payment' || isWhole(item.payment)) return item;
    return { ...item, payment: (await journal.find(item.payment.intent.id)) ?? item.payment };
  };
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
    'activity.page': async ({ before, limit, range }) => {
      const cursor = before === null ? null : cursorOf(before);
      const { items, next } = await readActivity(database, cursor, limit, range);
      const handedOver = new Set((await chains.handedOver()).map(({ hash }) => hash));
      return {
        items: await Promise.all(
          items.map(async (item) =>
            activityView(await whole(item), handedOver, await refundedBy(item), await troubleOf(item)),
          ),
        ),
        next: next === null ? null : next.join(' '),
      };
    },
    'activity.small': () => countSmallReceives(database),
    'log.list': () => log.list(),
  };
}

/** Reads the cursor that a page of the activity ended with. @throws Fault `fault_badMessage` */
function cursorOf(text: string): Place {
  const [, at, id] = /^(-?\d{1,16}) (\S{1,128})$/.exec(text) ?? [];
  if (at === undefined || id === undefined) throw new Fault('fault_badMessage');
  return [Number(at), id];
}
