import 'fake-indexeddb/auto';
import { type IDBPDatabase, openDB } from 'idb';
import { expect, test } from 'vitest';
import { type AnyPayment, isTest } from '../../payments/private-record.ts';
import { NETWORK, SHOP } from '../../payments/samples.fixture.ts';
import type { OwnBlock } from '../../wallet/own-block.ts';
import { StoredBudgets } from '../budgets.ts';
import { openDatabase } from '../database.ts';
import { StoredJournal } from '../journal.ts';
import { rowOf } from '../payment-row.ts';
import { noParts } from '../private-parts.fixture.ts';
import { renameRecords } from './v6.ts';
import { type JsonRecords, RECORDS_OF_5, RECORDS_OF_6, RECORDS_OF_7 } from './version-5.fixture.ts';

const KEYS = {
  payments: 'id',
  budgets: ['network', 'site'],
  spending: ['network', 'site', 'window'],
  chains: ['network', 'account'],
  blocks: 'hash',
} as const;
const STORES_OF_5 = Object.keys(KEYS) as (keyof typeof KEYS)[];

const AMOUNTS: ReadonlySet<string> = new Set([
  ...['amount', 'resourceAmount', 'tagAmount', 'spent', 'moved', 'delta', 'balance'],
  ...['perPayment', 'perHour', 'perDay', 'perMonth', 'total'],
]);

/** The records of one store as they are in the database: amounts are bigints. */
function rowsOf<Row>(records: JsonRecords, store: string): readonly Row[] {
  return JSON.parse(JSON.stringify(records[store]), (field, value) =>
    AMOUNTS.has(field) && typeof value === 'string' ? BigInt(value) : value,
  );
}

/** A database of version 5 with the records of `RECORDS_OF_5`. */
async function openFifth(name: string): Promise<IDBPDatabase> {
  const fifth = await openDB(name, 5, {
    upgrade(database) {
      for (const store of ['settings', 'log']) database.createObjectStore(store);
      for (const store of STORES_OF_5) {
        const keyPath = KEYS[store];
        database.createObjectStore(store, { keyPath: typeof keyPath === 'string' ? keyPath : [...keyPath] });
      }
    },
  });
  for (const store of STORES_OF_5) {
    const rows = rowsOf<object>(RECORDS_OF_5, store);
    for (const row of rows) await fifth.add(store, store === 'payments' ? rowOf(row as AnyPayment) : row);
  }
  return fifth;
}

const inOrder = <Row>(rows: readonly Row[]) => [...rows].sort((a, b) => indexedDB.cmp(keyOf(a), keyOf(b)));
const keyOf = (row: unknown): string =>
  JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? value.toString() : value));

test('a database of version 5 gets the names of today, and keeps every record, value and index key', async () => {
  const name = crypto.randomUUID();
  const fifth = await openFifth(name);
  const rowsBefore = await fifth.getAll('payments');
  fifth.close();

  const database = await openDatabase(name);
  for (const store of ['budgets', 'chains', 'blocks', 'spending'] as const) {
    const rows = rowsOf<object>(RECORDS_OF_6, store);
    expect(rows.length).toBeGreaterThan(0);
    expect([store, inOrder<object>(await database.getAll(store))]).toEqual([store, inOrder(rows)]);
  }
  const payments = new Map(
    rowsOf<AnyPayment>(RECORDS_OF_7, 'payments').map((payment) => [payment.intent.id, payment]),
  );
  const rows = rowsBefore.map(({ challenge, resource, undelivered, ...row }) => {
    const payment = payments.get(row.id);
    // No request may find the payment of a test.
    const isFound = payment !== undefined && !isTest(payment);
    const keys = Object.entries({ challenge, resource, undelivered }).filter(([, key]) => key !== undefined);
    return { ...row, payment, ...(isFound && Object.fromEntries(keys)) };
  });
  expect(await database.getAll('payments')).toEqual(rows);
  expect(rows.map((row) => 'undelivered' in row)).toEqual([false, false, true, false]);
  expect(rowsBefore.map((row) => 'undelivered' in row)).toEqual([false, false, true, true]);
  database.close();
});

test('an amount that is given back after the migration is taken out of the sum of its budget period', async () => {
  const name = crypto.randomUUID();
  (await openFifth(name)).close();
  const database = await openDatabase(name);
  const budgets = new StoredBudgets(database, Date.now);
  const journal = new StoredJournal(database, await noParts(), Date.now);
  const replacement = (await database.getAll('blocks')).find(({ replaces }) => replaces !== undefined);
  const payment = replacement?.replaces?.handedOver.payment;
  if (replacement === undefined || payment === undefined) throw new Error('no block replaces another');

  const { firstPeriod = '' } = (await budgets.read(NETWORK, SHOP)) ?? {};
  const spent = await budgets.spentOn(NETWORK, SHOP, firstPeriod);
  const { intent } = await journal.takeBack(payment, replacement);
  expect(spent).toBeGreaterThan(intent.amount);
  expect(await budgets.spentOn(NETWORK, SHOP, firstPeriod)).toBe(spent - intent.amount);
  const { replaces: _, ...settled } = replacement satisfies OwnBlock;
  expect(await database.get('chains', [replacement.network, replacement.account])).toEqual(settled);
  database.close();
});

test('a migration to version 6 that fails changes nothing', async () => {
  const name = crypto.randomUUID();
  const fifth = await openFifth(name);
  // Nothing says what was paid for.
  await fifth.add('payments', { id: 'unreadable' });
  fifth.close();
  await expect(openDatabase(name)).rejects.toThrow('fault_storageUnusable');
  const still = await openDB(name);
  expect(still.version).toBe(5);
  for (const store of ['budgets', 'chains', 'blocks'] as const) {
    expect(inOrder(await still.getAll(store))).toEqual(inOrder(rowsOf(RECORDS_OF_5, store)));
  }
  expect(await still.get('payments', 'unreadable')).toEqual({ id: 'unreadable' });
  still.close();
});

test('the records of a backup get the new names once, and a field that has both names keeps both', () => {
  expect(renameRecords(RECORDS_OF_5)).toEqual(RECORDS_OF_6);
  expect(renameRecords(RECORDS_OF_6)).toEqual(RECORDS_OF_6);
  const both = { blocks: [{ moved: '1', delta: '2' }] };
  expect(renameRecords(both)).toEqual(both);
});

test.each([
  null,
  'text',
  7,
  { chains: [[1]] },
  { payments: 'text' },
  { blocks: [null, 7], payments: [{ intent: null }] },
])('contents that are no records are returned as they are: %j', (contents) => {
  expect(renameRecords(contents)).toEqual(contents);
});
