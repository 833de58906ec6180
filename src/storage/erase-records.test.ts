import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { eraseRecords } from './erase-records.ts';
import type { Database } from './schema.ts';

let database: Database;
beforeEach(async () => {
  database = await openDatabase(crypto.randomUUID());
  await database.put('vault', 'a sealed seed', 'sealed');
  await database.put('vault', { wrong: 3 }, 'tries');
  await database.put('settings', 5, 'autoLockMinutes');
  await database.put('blocked', { site: 'https://shop.example', at: 1 });
  await database.put('work', '0000000000000001', 'A'.repeat(64));
});
afterEach(() => database.close());

const counts = () => Promise.all([...database.objectStoreNames].map((name) => database.count(name)));

test('erasing leaves no record in any store', async () => {
  expect((await counts()).reduce((sum, count) => sum + count, 0)).toBe(5);
  await eraseRecords(database);
  expect(new Set(await counts())).toEqual(new Set([0]));
});

test('erasing that fails leaves every record', async () => {
  const { clear } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.clear = function (this: IDBObjectStore) {
    if (this.name === 'work') throw new DOMException('no room', 'QuotaExceededError');
    return clear.call(this);
  };
  try {
    await expect(eraseRecords(database)).rejects.toThrow('no room');
  } finally {
    IDBObjectStore.prototype.clear = clear;
  }
  expect((await counts()).reduce((sum, count) => sum + count, 0)).toBe(5);
});
