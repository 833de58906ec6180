import type { NanoAddress } from '../nano/account.ts';
import type { AnyPayment } from '../payments/private-record.ts';
import type { Transfer } from '../wallet/transfer.ts';
import type { Database, Place } from './schema.ts';
import { placesOf, type TransferRange } from './transfers.ts';

/** One entry of the activity list. */
export type Activity =
  | { readonly kind: 'payment'; readonly payment: AnyPayment }
  | { readonly kind: 'transfer'; readonly transfer: Transfer };

/** A page of the activity, newest first, and the place where the next one begins (null at the end). */
export interface ActivityPage {
  readonly items: readonly Activity[];
  readonly next: Place | null;
}

interface Placed {
  readonly place: Place;
  readonly item: Activity;
}

/**
 * Reads the newest `limit` activities of a range before a place. Open transfers come first, small receives last. Reads at
 * most `limit + 1` rows of each store, so that the time does not grow with the history.
 */
export async function readActivity(
  database: Database,
  before: Place | null,
  limit: number,
  range: TransferRange = 'all',
): Promise<ActivityPage> {
  const { placed, next } = await readPlaced(database, before, limit, range);
  return { items: placed.map(({ item }) => item), next };
}

/** The number of rows of each store that one transaction of a search reads: a payment that is written waits for it. */
const SEARCHED_AT_ONCE = 250;

/** Reads the newest `limit` activities of a range before a place that pass `test`, as `readActivity`. */
export async function searchActivity(
  database: Database,
  before: Place | null,
  limit: number,
  range: TransferRange,
  test: (activity: Activity) => boolean,
): Promise<ActivityPage> {
  const items: Activity[] = [];
  let from = before;
  do {
    const { placed, next } = await readPlaced(database, from, SEARCHED_AT_ONCE, range);
    for (const { place, item } of placed) {
      if (!test(item)) continue;
      items.push(item);
      const isLast = next === null && item === placed.at(-1)?.item;
      if (items.length === limit) return { items, next: isLast ? null : place };
    }
    from = next;
  } while (from !== null);
  return { items, next: null };
}

async function readPlaced(
  database: Database,
  before: Place | null,
  limit: number,
  range: TransferRange,
): Promise<{ readonly placed: readonly Placed[]; readonly next: Place | null }> {
  const places = placesOf(range, before);
  const transaction = database.transaction(['payments', 'transfers']);
  const placed: Placed[] = [];

  let payment = await transaction.objectStore('payments').index('place').openCursor(places, 'prev');
  for (let taken = 0; payment !== null; taken++) {
    const { place, payment: value } = payment.value;
    placed.push({ place, item: { kind: 'payment', payment: value } });
    payment = taken < limit ? await payment.continue() : null;
  }
  let transfer = await transaction.objectStore('transfers').index('place').openCursor(places, 'prev');
  for (let taken = 0; transfer !== null; taken++) {
    const { place, ...value } = transfer.value;
    placed.push({ place, item: { kind: 'transfer', transfer: value } });
    transfer = taken < limit ? await transfer.continue() : null;
  }

  placed.sort((a, b) => indexedDB.cmp(b.place, a.place));
  const page = placed.slice(0, limit);
  const last = page.at(-1);
  return { placed: page, next: placed.length > limit && last !== undefined ? last.place : null };
}

/** The most payments of `readUndelivered`. */
const MOST_UNDELIVERED = 100;

/** Returns the payments of a network with a block whose content was not delivered, newest first, without private windows. */
export async function readUndelivered(database: Database, network: string): Promise<readonly AnyPayment[]> {
  const rows = await database.getAllFromIndex(
    'payments',
    'undelivered',
    IDBKeyRange.bound([network], [network, []]),
  );
  return rows
    .map(({ payment }) => payment)
    .sort((a, b) => b.intent.at - a.intent.at)
    .slice(0, MOST_UNDELIVERED);
}

/** How many of the newest transfers are looked through for their recipients. */
const LOOKED_THROUGH = 300;

/** The accounts that money was sent to on a network, each once, the last one first: at most `most`, of recent transfers. */
export async function recentRecipients(
  database: Database,
  network: string,
  most: number,
): Promise<readonly NanoAddress[]> {
  const found = new Set<NanoAddress>();
  let row = await database.transaction('transfers').store.index('place').openCursor(null, 'prev');
  for (let seen = 0; row !== null && seen < LOOKED_THROUGH && found.size < most; seen++) {
    const { kind, counterparty, state, network: of } = row.value;
    if (kind === 'sent' && of.id === network && state?.kind !== 'replaced') found.add(counterparty);
    row = await row.continue();
  }
  return [...found];
}

/** Returns the number of small receives, and the time of the newest (ms); null where there is none. */
export async function countSmallReceives(
  database: Database,
): Promise<{ readonly count: number; readonly newest: number } | null> {
  const index = database.transaction('transfers').store.index('place');
  const places = placesOf('small', null);
  const [count, newest] = await Promise.all([index.count(places), index.openCursor(places, 'prev')]);
  return newest === null ? null : { count, newest: newest.value.at };
}
