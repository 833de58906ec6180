import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { openDatabase } from '../database.ts';
import { StoredSettings } from '../settings.ts';
import { renamePocketSetting } from './v7.ts';

/** The values and keys of the settings of a database of version 6 with these, after the migration. */
async function migrated(settings: Readonly<Record<string, unknown>>) {
  const name = crypto.randomUUID();
  const sixth = await openDB(name, 6, { upgrade: (database) => void database.createObjectStore('settings') });
  for (const [key, value] of Object.entries(settings)) await sixth.add('settings', value, key);
  sixth.close();
  const database = await openDatabase(name);
  const kept = [await database.getAllKeys('settings'), await database.getAll('settings')];
  const closes = await new StoredSettings(database).read('pocketCloses');
  database.close();
  return { kept, closes };
}

test.each([
  [true, 'lock'],
  [false, 'later'],
] as const)('a pocket that every lock closes, %j in version 6, closes with: %s', async (locks, choice) => {
  const { kept, closes } = await migrated({ autoLockMinutes: 7, pocketLocks: locks });
  expect(kept).toEqual([
    ['autoLockMinutes', 'pocketCloses'],
    [7, choice],
  ]);
  expect(closes).toBe(choice);
});

test('settings of version 6 without the pocket stay as they were', async () => {
  const { kept, closes } = await migrated({ autoLockMinutes: 7 });
  expect([kept, closes]).toEqual([[['autoLockMinutes'], [7]], 'later']);
});

test('the settings of a backup get the new one once', () => {
  const other = { name: 'autoLockMinutes', value: 7 };
  const before = { settings: [other, { name: 'pocketLocks', value: true }], networks: [] };
  const after = { settings: [other, { name: 'pocketCloses', value: 'lock' }], networks: [] };
  expect(renamePocketSetting(before)).toEqual(after);
  expect(renamePocketSetting(after)).toEqual(after);
});
