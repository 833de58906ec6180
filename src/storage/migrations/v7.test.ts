import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { openDatabase } from '../database.ts';
import { StoredSettings } from '../settings.ts';
import { recordsOf7 } from './v7.ts';
import { RECORDS_OF_6, RECORDS_OF_7 } from './version-5.fixture.ts';

test('the order that the user likes keeps the renamed mechanism at its place', async () => {
  const name = crypto.randomUUID();
  const sixth = await openDB(name, 6, {
    upgrade(database) {
      database.createObjectStore('settings');
      database.createObjectStore('payments', { keyPath: 'id' });
    },
  });
  await sixth.put('settings', ['x402nano', 'nanoSession'], 'preference');
  sixth.close();
  const database = await openDatabase(name);
  const settings = new StoredSettings(database);
  expect(await settings.read('preference')).toEqual(['signedBlock', 'nanoSession']);
  database.close();
});

test('the records of a backup of version 6 get the new name, those of version 7 stay as they are', () => {
  const preference = (...value: string[]) => ({ settings: [{ name: 'preference', value }] });
  expect(recordsOf7(RECORDS_OF_6)).toEqual(RECORDS_OF_7);
  expect(recordsOf7(RECORDS_OF_7)).toEqual(RECORDS_OF_7);
  expect(recordsOf7(preference('trackA', 'x402nano'))).toEqual(preference('trackA', 'signedBlock'));
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
