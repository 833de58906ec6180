import 'fake-indexeddb/auto';
import { unwrap } from 'idb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import type { Raw } from '../nano/amount.ts';
import { seal as sealSecret } from '../vault/seal.ts';
import { copyDatabase } from './copy.ts';
import { openDatabase } from './database.ts';
import { FIRST_LOCATION, type Location, locationAfter } from './location.ts';
import { openStore } from './open-store.ts';
import { PrivateFiles } from './private-files.fixture.ts';
import type { Database } from './schema.ts';
import { SeedFile } from './seed-file.ts';
import { Store, type StorePorts, type StoreState } from './store.ts';

const SECOND = locationAfter(FIRST_LOCATION);

let scope: string;
let isRoomy: boolean;
let named: Location[];
let told: StoreState[];
let opened: Database[];
let usable: boolean[];
let now: number;
let ports: StorePorts;
beforeEach(() => {
  scope = crypto.randomUUID();
  isRoomy = true;
  named = [];
  told = [];
  opened = [];
  usable = [];
  now = 1_900_000_000_000;
  ports = {
    open: async (location) => {
      const database = await openDatabase(`${scope} ${location}`);
      opened.push(database);
      return database;
    },
    remove: (location) =>
      new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(`${scope} ${location}`);
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error);
      }),
    hasRoom: async () => isRoomy,
    moved: async (location) => void named.push(location),
    changed: (state) => void told.push(state),
    usable: (isUsable) => void usable.push(isUsable),
    now: () => now,
  };
});
afterEach(() => {
  for (const database of opened) database.close();
});

/** Aborts a transaction of the first database with this error, or as the extension's own code does with null. */
async function failWith(error: DOMException | null): Promise<void> {
  const [first] = opened;
  if (first === undefined) throw new Error('no database was opened');
  const transaction = (unwrap(first) as unknown as IDBDatabase).transaction('settings', 'readwrite');
  Object.defineProperty(transaction, 'error', { get: () => error });
  const aborted = new Promise((resolve) => transaction.addEventListener('abort', resolve));
  transaction.abort();
  await aborted;
}
const breakDown = () => failWith(new DOMException('', 'UnknownError'));
const locations = async () =>
  (await indexedDB.databases()).flatMap(({ name }) => (name?.startsWith(scope) ? [name.slice(-1)] : []));

test('a database in which a write failed is not used again, and is copied when the disk has room', async () => {
  const store = await Store.open(ports, { location: FIRST_LOCATION, isTorn: false });
  await store.database.put('settings', true, 'paused');
  isRoomy = false;
  await breakDown();
  expect(told.at(-1)).toEqual({ location: FIRST_LOCATION, isTorn: true });
  expect(() => store.database.get('settings', 'paused')).toThrow('fault_storageFull');
  await expect(store.ready()).rejects.toThrow('fault_storageFull');
  expect(named).toEqual([]);
  isRoomy = true;
  await store.ready();
  expect(await store.database.get('settings', 'paused')).toBe(true);
  await store.database.put('settings', false, 'paused');
  expect([named, told.at(-1)]).toEqual([[SECOND], { location: SECOND, isTorn: false }]);
  expect(await locations()).toEqual(['1']);
});

test('a full disk is checked every five seconds, stops all use, and needs no move when there is room again', async () => {
  const store = await Store.open(ports, { location: FIRST_LOCATION, isTorn: false });
  isRoomy = false;
  await store.ready();
  now += 5_000;
  await expect(store.ready()).rejects.toThrow('fault_storageFull');
  await expect(store.ready()).rejects.toThrow('fault_storageFull');
  isRoomy = true;
  await store.ready();
  expect([usable, named]).toEqual([[true, false, true], []]);
});

test('two calls that wait for the store move it once', async () => {
  const store = await Store.open(ports, { location: FIRST_LOCATION, isTorn: false });
  await breakDown();
  await Promise.all([store.ready(), store.ready()]);
  expect(named).toEqual([SECOND]);
});

test('a store in which a write failed before a restart of the worker is moved before it is used', async () => {
  await (await Store.open(ports, { location: FIRST_LOCATION, isTorn: false })).database.put(
    'settings',
    7,
    'a',
  );
  for (const database of opened) database.close();
  const store = await Store.open(ports, { location: FIRST_LOCATION, isTorn: true });
  expect([named, await store.database.get('settings', 'a')]).toEqual([[SECOND], 7]);
});

test('a copy whose location cannot be recorded is not used, and is made again', async () => {
  const store = await Store.open(ports, { location: FIRST_LOCATION, isTorn: false });
  await store.database.put('settings', 7, 'a');
  const { moved } = ports;
  Object.assign(ports, { moved: () => Promise.reject(new Fault('fault_storageFull')) });
  await breakDown();
  await expect(store.ready()).rejects.toThrow('fault_storageFull');
  expect(() => store.database.get('settings', 'a')).toThrow('fault_storageFull');
  expect((await locations()).includes('0')).toBe(true);
  Object.assign(ports, { moved });
  await store.ready();
  expect([named, await store.database.get('settings', 'a')]).toEqual([[SECOND], 7]);
});

test('a database that cannot be opened is fault_storageFull only where the disk is full', async () => {
  const broken = { ...ports, open: () => Promise.reject(new Fault('fault_storageUnusable')) };
  await expect(Store.open(broken, { location: FIRST_LOCATION, isTorn: false })).rejects.toThrow(
    'fault_storageUnusable',
  );
  isRoomy = false;
  await expect(Store.open(broken, { location: FIRST_LOCATION, isTorn: false })).rejects.toThrow(
    'fault_storageFull',
  );
  expect(told).toEqual([{ location: FIRST_LOCATION, isTorn: true }]);
});

describe('a failed write', () => {
  test.each(['QuotaExceededError', 'UnknownError'])('by %s ends the use of the database', async (name) => {
    const store = await Store.open(ports, { location: FIRST_LOCATION, isTorn: false });
    await failWith(new DOMException('', name));
    expect([told.at(-1)?.isTorn, usable.at(-1)]).toEqual([true, false]);
    expect(() => store.database.count('vault')).toThrow('fault_storageFull');
  });

  test.each([null, 'ConstraintError', 'AbortError'])(
    'by %s, which is no fault of the disk, does not',
    async (name) => {
      const store = await Store.open(ports, { location: FIRST_LOCATION, isTorn: false });
      await failWith(name === null ? null : new DOMException('', name));
      expect(await store.database.count('vault')).toBe(0);
    },
  );
});

describe('a copy of a database', () => {
  test('has every record of every store, also over several pages', async () => {
    const [from, to] = [await ports.open(FIRST_LOCATION), await ports.open(SECOND)];
    await fill(from);
    expect(await copyDatabase(from, to)).toBe(true);
    for (const name of from.objectStoreNames) {
      expect(await to.getAll(name)).toEqual(await from.getAll(name));
      expect(await to.getAllKeys(name)).toEqual(await from.getAllKeys(name));
    }
    const before = await to.count('log');
    await to.add('log', { at: 1, site: null, url: null, key: 'refusal_NO_PRICE', args: [] });
    expect(await to.count('log')).toBe(before + 1);
  });

  test('that has an additional record is not accepted', async () => {
    const [from, to] = [await ports.open(FIRST_LOCATION), await ports.open(SECOND)];
    await fill(from);
    await to.put('settings', 1, 'unknown');
    expect(await copyDatabase(from, to)).toBe(false);
  });

  async function fill(database: Database): Promise<void> {
    await database.put('vault', { a: 1 }, 'sealed');
    await database.put('settings', 10n, 'leastReceived');
    const sites = Array.from({ length: 1_201 }, (_, at) => `https://s${at}.example`);
    const transaction = database.transaction(['blocked', 'spending'], 'readwrite');
    for (const site of sites) {
      await transaction.objectStore('blocked').put({ site, at: 1 });
      await transaction.objectStore('spending').put({ network: 'n', site, window: 'day', spent: 5n as Raw });
    }
    await transaction.done;
    for (let at = 0; at < 3; at += 1) {
      await database.add('log', { at, site: null, url: null, key: 'refusal_NO_PRICE', args: [] });
    }
  }
});

describe('the store of a worker that starts', () => {
  let disk: PrivateFiles;
  let seedFile: SeedFile;
  beforeEach(() => {
    disk = new PrivateFiles();
    seedFile = new SeedFile({ root: async () => disk.root(), hasRoom: async () => isRoomy });
  });
  /** The store as a restarted worker opens it, with the state that the worker before has stored. */
  const start = (known: StoreState | null = told.at(-1) ?? null) => openStore({ ...ports, known, seedFile });
  const seal = async () => {
    const parameters = { memoryKiB: 1024, iterations: 1, parallelism: 1 };
    const sealed = await sealSecret(new Uint8Array(8), 'correct horse battery staple', parameters);
    await seedFile.write({ generation: 1, account: null, sealed });
  };

  test('is at the location that it was moved to, also after a restart of the browser', async () => {
    const store = await start();
    await store.database.put('settings', 7, 'a');
    await breakDown();
    await store.ready();
    expect(await (await start()).database.get('settings', 'a')).toBe(7);
    expect(await (await start(null)).database.get('settings', 'a')).toBe(7);
  });

  test('is not moved again when the worker ended between recording the move and the end of it', async () => {
    const store = await start();
    await store.database.put('settings', 7, 'a');
    await breakDown();
    const { remove } = ports;
    // The location of the copy is recorded; the worker ends before it removes the original.
    Object.assign(ports, {
      remove: (location: Location) => (location === SECOND ? remove(location) : dead()),
    });
    const dying = await openStore({
      ...ports,
      known: { location: FIRST_LOCATION, isTorn: true },
      seedFile,
    }).catch(() => null);
    expect(dying).toBeNull();
    Object.assign(ports, { remove });
    const next = await start({ location: FIRST_LOCATION, isTorn: true });
    await next.database.put('settings', 8, 'b');
    expect([await next.database.get('settings', 'a'), told.at(-1)?.location]).toEqual([7, SECOND]);
    expect(await locations()).toContain('1');
  });

  test('is an empty one at the next location where the old one is unreadable and the seed file has a seed', async () => {
    await seal();
    const { open } = ports;
    const isBroken = (location: Location) => location === FIRST_LOCATION;
    Object.assign(ports, {
      open: (location: Location) =>
        isBroken(location) ? Promise.reject(new Fault('fault_storageUnusable')) : open(location),
    });
    const store = await start();
    expect([await store.database.count('vault'), await seedFile.location()]).toEqual([0, 0]);
    const copy = await seedFile.read();
    expect(copy !== null && (await seedFile.holds(copy))).toBe(false);
    // The old database can be read again, and nothing was restored.
    Object.assign(ports, { open });
    expect(told.at(-1)?.location).toBe(SECOND);
    await start(null);
    expect(told.at(-1)?.location).toBe(FIRST_LOCATION);
  });

  test('is a fault where the database is unreadable and the seed file has no seed', async () => {
    Object.assign(ports, { open: () => Promise.reject(new Fault('fault_storageUnusable')) });
    await expect(start()).rejects.toThrow('fault_storageUnusable');
  });
});

const dead = () => Promise.reject(new Error('the worker died'));
