import 'fake-indexeddb/auto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import { approved } from '../payments/payment.ts';
import { challengeOf, intentOf, NETWORK, PAYEE, sessionOffer } from '../payments/samples.fixture.ts';
import { siteOf } from '../site.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import type { Transfer } from '../wallet/transfer.ts';
import {
  type Activity,
  readActivity,
  readUndelivered,
  recentRecipients,
  searchActivity,
} from './activity.ts';
import { type ActivityFilter, passesFilter } from './activity-filter.ts';
import { blockOf } from './backup/backup.fixture.ts';
import { openDatabase } from './database.ts';
import { rowOf } from './payment-row.ts';
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

describe('a search', () => {
  const URLS = [
    'https://news.example/politics',
    'https://news.example/sports',
    'https://other.example/news',
    'https://news.example.evil.example/',
  ];

  async function shop(): Promise<Database> {
    const database = await openDatabase(crypto.randomUUID());
    for (const [index, url] of URLS.entries()) {
      const offer = sessionOffer(1n, { resource: { url, description: `Part ${index}` } });
      const intent = intentOf({
        account: STRANGER,
        challenge: challengeOf({ url }),
        offer,
        at: 1_000 + index,
      });
      const title = index === 1 ? { title: 'The Final of the Cup' } : {};
      await database.put('payments', rowOf({ ...approved(intent), ...title }));
    }
    const hidden = challengeOf({ url: 'https://news.example/private', isPrivate: true });
    await database.put('payments', rowOf(approved(intentOf({ account: STRANGER, challenge: hidden }))));
    const counterparty = STRANGER;
    const [id, network] = ['AB' as BlockHash, { id: NETWORK, testMoney: true }];
    const transfer = { kind: 'received', id, at: 1, amount: 1n as Raw, counterparty, network } as const;
    await database.put('transfers', { ...transfer, place: [1, id] });
    return database;
  }
  /** The path of each payment that is found, and the kind of what is none. */
  const found = async (filter: ActivityFilter) =>
    (await searchActivity(await shop(), null, 10, 'all', passesFilter(filter))).items.map((item) =>
      item.kind === 'payment' && 'challenge' in item.payment.intent
        ? new URL(item.payment.intent.challenge.url).pathname
        : item.kind,
    );

  test.each<[string, ActivityFilter, readonly string[]]>([
    ['a host', { search: 'NEWS.example' }, ['/', '/sports', '/politics']],
    ['two words in any order', { search: ' other  news ' }, ['/news']],
    ['a title', { search: 'final cup' }, ['/sports']],
    ['a description', { search: 'part 2' }, ['/news']],
    ['another account', { search: STRANGER.slice(5, 20) }, ['transfer']],
    ['what is nowhere', { search: 'nowhere' }, []],
    [
      'a site, and no other whose name begins with it',
      { site: siteOf('https://news.example') },
      ['/sports', '/politics'],
    ],
    ['a word at a site', { site: siteOf('https://news.example'), search: 'politics' }, ['/politics']],
  ])('finds %s, newest first', async (_, filter, paths) => {
    expect(await found(filter)).toEqual(paths);
  });

  test('of nothing has everything', async () => {
    expect(await found({ search: ' ' })).toHaveLength(URLS.length + 2);
  });
});

test('what was paid and not delivered is read newest first, of one network', async () => {
  const database = await openDatabase(crypto.randomUUID());
  const proven = (at: number, network: string) => {
    const intent = intentOf({ account: STRANGER, at, network: { id: network, testMoney: true } });
    const { block, hash } = blockOf(STRANGER, 1n);
    const progress = { state: 'proven', block, hash, proof: 'proof' } as const;
    return { ...approved(intent), progress };
  };
  const [first, second, other] = [proven(1, NETWORK), proven(2, NETWORK), proven(3, 'nano:other')];
  const settled = {
    ...proven(4, NETWORK),
    progress: { ...first.progress, state: 'settled', status: 200 } as const,
  };
  for (const payment of [first, second, other, settled]) await database.put('payments', rowOf(payment));
  expect(await readUndelivered(database, NETWORK)).toEqual([second, first]);
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

describe('a search in a long history', () => {
  let database: Database;
  beforeAll(async () => {
    database = await historyOf(1_000);
  });

  test('finds the oldest too, page by page, each entry once', async () => {
    const [read, pages]: [string[], number[]] = [[], []];
    const wanted = (item: Activity) => idOf(item).endsWith('9');
    let before: Place | null = null;
    do {
      const page: Awaited<ReturnType<typeof searchActivity>> = await searchActivity(
        database,
        before,
        30,
        'all',
        wanted,
      );
      pages.push(page.items.length);
      read.push(...page.items.map(idOf));
      before = page.next;
    } while (before !== null);
    expect(pages).toEqual([30, 30, 30, 10]);
    expect(read).toEqual(
      Array.from({ length: 100 }, (_, index) => ((99 - index) * 10 + 9).toString().padStart(8, '0')),
    );
  });

  test('reads a few hundred rows in one transaction, so that a payment need not wait for all', async () => {
    const opened = vi.spyOn(IDBDatabase.prototype, 'transaction');
    try {
      await searchActivity(database, null, 1, 'all', () => false);
      expect(opened.mock.calls.length).toBe(1_000 / 250);
    } finally {
      opened.mockRestore();
    }
  });
});
