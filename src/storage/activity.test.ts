import 'fake-indexeddb/auto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import { approved } from '../payments/payment.ts';
import { intentOf, NETWORK, PAYEE } from '../payments/samples.fixture.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import type { Transfer } from '../wallet/transfer.ts';
import { type Activity, readActivity, recentRecipients } from './activity.ts';
import { openDatabase } from './database.ts';
import type { Database, Place } from './schema.ts';

/** Stores `count` activities, every third of them a transfer, two in each millisecond. */
async function historyOf(count: number): Promise<Database> {
  const database = await openDatabase(crypto.randomUUID());
  const transaction = database.transaction(['payments', 'transfers'], 'readwrite');
  const sample = intentOf({ account: STRANGER });
  for (let index = 0; index < count; index++) {
    const at = 1_000 + Math.floor(index / 2);
    const id = index.toString().padStart(8, '0');
    const place: Place = [at, id];
    if (index % 3 === 2) {
      const own = {
        kind: 'received',
        id: id as BlockHash,
        at,
        amount: 1n as Raw,
        counterparty: STRANGER,
      } as const;
      void transaction
        .objectStore('transfers')
        .put({ ...own, network: { id: NETWORK, testMoney: true }, place });
    } else {
      const payment = approved({ ...sample, id: id as PaymentId, at });
      void transaction.objectStore('payments').put({
        id,
        place,
        payment,
        once: id,
        challenge: id,
        resource: [NETWORK, '', at],
      });
    }
  }
  await transaction.done;
  return database;
}

const idOf = (activity: Activity) =>
  activity.kind === 'payment' ? activity.payment.intent.id : activity.transfer.id;

describe('the activity', () => {
  test('has every entry once, newest first, for any size of pages', async () => {
    const database = await historyOf(25);
    const all = Array.from({ length: 25 }, (_, index) => (24 - index).toString().padStart(8, '0'));
    for (const limit of [1, 2, 7, 24, 25, 26]) {
      const read: string[] = [];
      let before: Place | null = null;
      do {
        const page: Awaited<ReturnType<typeof readActivity>> = await readActivity(database, before, limit);
        expect(page.items.length).toBe(Math.min(limit, 25 - read.length));
        read.push(...page.items.map(idOf));
        before = page.next;
      } while (before !== null);
      expect(read).toEqual(all);
    }
  });

  test('of a new database is empty', async () => {
    expect(await readActivity(await historyOf(0), null, 10)).toEqual({ items: [], next: null });
  });

  test('new entries do not move the pages that are read', async () => {
    const database = await historyOf(10);
    const first = await readActivity(database, null, 4);
    const newer = approved(intentOf({ account: STRANGER, at: 9_999 }));
    const place: Place = [9_999, newer.intent.id];
    await database.put('payments', {
      id: newer.intent.id,
      place,
      payment: newer,
      once: 'new',
      challenge: 'new',
      resource: [NETWORK, '', 9_999],
    });
    const second = await readActivity(database, first.next, 4);
    expect([...first.items, ...second.items].map((item) => Number(idOf(item)))).toEqual([
      9, 8, 7, 6, 5, 4, 3, 2,
    ]);
  });
});

describe('ten thousand of them', () => {
  let database: Database;
  beforeAll(async () => {
    database = await historyOf(10_000);
  }, 60_000);

  test.each<[string, Place | null]>([
    ['the first page', null],
    ['a page in the middle', [3_500, '00005000']],
    ['the last page', [1_005, '00000010']],
  ])('%s of 50 reads about a hundred rows', async (_, before) => {
    // IndexedDB clones every row that is read.
    const cloned = vi.spyOn(globalThis, 'structuredClone');
    try {
      const { items } = await readActivity(database, before, 50);
      expect(items.length).toBeGreaterThan(0);
      const rows = new Set(cloned.mock.calls.map(([value]) => String(Object(value).place)));
      rows.delete('undefined');
      expect(rows.size).toBeGreaterThanOrEqual(items.length);
      expect(rows.size).toBeLessThanOrEqual(2 * 51);
    } finally {
      cloned.mockRestore();
    }
  });
});

describe('the accounts that money was sent to', () => {
  async function sent(...transfers: readonly Partial<Transfer>[]): Promise<Database> {
    const database = await openDatabase(crypto.randomUUID());
    for (const [at, part] of transfers.entries()) {
      const id = at.toString().padStart(64, '0') as BlockHash;
      const network = { id: NETWORK, testMoney: true };
      const transfer = { kind: 'sent', id, at, amount: 1n as Raw, counterparty: STRANGER, network } as const;
      await database.put('transfers', { ...transfer, ...part, place: [at, id] });
    }
    return database;
  }

  test('are each named once, the last one first', async () => {
    const database = await sent({ counterparty: PAYEE }, {}, { counterparty: PAYEE }, {});
    expect(await recentRecipients(database, NETWORK, 5)).toEqual([STRANGER, PAYEE]);
    expect(await recentRecipients(database, NETWORK, 1)).toEqual([STRANGER]);
  });

  test('are none of another network, of money that came, or of a send that never got to the ledger', async () => {
    const database = await sent(
      { network: { id: 'nano:other', testMoney: true } },
      { kind: 'received' },
      { state: { kind: 'replaced' } },
    );
    expect(await recentRecipients(database, NETWORK, 5)).toEqual([]);
  });
});
