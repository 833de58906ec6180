import 'fake-indexeddb/auto';
import { type IDBPDatabase, openDB } from 'idb';
import { expect, test } from 'vitest';
import { SHOP } from '../../payments/samples.fixture.ts';
import { openDatabase } from '../database.ts';
import { StoredLog } from '../log.ts';
import { StoredSettings } from '../settings.ts';
import { recordsOf7 } from './v7.ts';
import { RECORDS_OF_6, RECORDS_OF_7 } from './version-5.fixture.ts';

/** A database of version 6, with the stores that the migration changes. */
async function openSixth(name: string): Promise<IDBPDatabase> {
  return openDB(name, 6, {
    upgrade(database) {
      database.createObjectStore('settings');
      database.createObjectStore('payments', { keyPath: 'id' });
      database.createObjectStore('handOverSites', { keyPath: 'site' });
      database.createObjectStore('log', { autoIncrement: true });
    },
  });
}

test('the user’s order of preference keeps the renamed mechanism at its place', async () => {
  const name = crypto.randomUUID();
  const sixth = await openSixth(name);
  await sixth.put('settings', ['x402nano', 'nanoSession'], 'preference');
  sixth.close();
  const database = await openDatabase(name);
  expect(await new StoredSettings(database).read('preference')).toEqual(['signedBlock', 'nanoSession']);
  database.close();
});

test('nothing is left of the sites that could ask for signed blocks, nor of log lines without a sentence', async () => {
  const name = crypto.randomUUID();
  const sixth = await openSixth(name);
  await sixth.put('handOverSites', { site: SHOP, at: 1 });
  const line = { at: 1, site: SHOP, url: SHOP, args: [] };
  await sixth.put('log', { ...line, key: 'refusal_HAND_OVER_OFF' });
  await sixth.put('log', { ...line, key: 'refusal_V1_IGNORE' });
  await sixth.put('log', { ...line, key: 'refusal_DECLINED' });
  sixth.close();
  const database = await openDatabase(name);
  expect([...database.objectStoreNames]).not.toContain('handOverSites');
  expect(await new StoredLog(database).list()).toEqual([{ ...line, key: 'refusal_DECLINED' }]);
  database.close();
});

test('the records of a backup of version 6 get the new name, those of version 7 stay as they are', () => {
  const preference = (...value: string[]) => ({ settings: [{ name: 'preference', value }] });
  expect(recordsOf7(RECORDS_OF_6)).toEqual(RECORDS_OF_7);
  expect(recordsOf7(RECORDS_OF_7)).toEqual(RECORDS_OF_7);
  expect(recordsOf7(preference('trackA', 'x402nano'))).toEqual(preference('trackA', 'signedBlock'));
  expect(recordsOf7({ handOverSites: [], blockTakers: [], blocked: [] })).toEqual({ blocked: [] });
  const named = { settings: [{ name: 'x402nano', value: 'x402nano' }] };
  expect(recordsOf7(named)).toEqual(named);
});

test.each([
  null,
  'text',
  7,
  { payments: 'text' },
  { settings: [null, { name: 'preference', value: 7 }], payments: [{ intent: null }] },
])('contents that are no records are returned as they are: %j', (contents) => {
  expect(recordsOf7(contents)).toEqual(contents);
});

/** The values and keys of the settings of a database of version 6 with these, after the migration. */
async function settingsAfter(settings: Readonly<Record<string, unknown>>) {
  const name = crypto.randomUUID();
  const sixth = await openSixth(name);
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
  const { kept, closes } = await settingsAfter({ autoLockMinutes: 7, pocketLocks: locks });
  expect(kept).toEqual([
    ['autoLockMinutes', 'pocketCloses'],
    [7, choice],
  ]);
  expect(closes).toBe(choice);
});

test('settings of version 6 without the pocket stay as they were', async () => {
  const { kept, closes } = await settingsAfter({ autoLockMinutes: 7 });
  expect([kept, closes]).toEqual([[['autoLockMinutes'], [7]], 'later']);
});

test('the settings of a backup get the new one once', () => {
  const other = { name: 'autoLockMinutes', value: 7 };
  const before = { settings: [other, { name: 'pocketLocks', value: true }], networks: [] };
  const after = { settings: [other, { name: 'pocketCloses', value: 'lock' }], networks: [] };
  expect(recordsOf7(before)).toEqual(after);
  expect(recordsOf7(after)).toEqual(after);
});
