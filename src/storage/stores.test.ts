import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { faultOf } from '../fault.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import { DEVNET, MAINNET } from '../nano/network.ts';
import { budgetOf, NETWORK, PAYEE, SHOP } from '../payments/samples.fixture.ts';
import type { Day } from '../policy/spending-windows.ts';
import { type Site, siteOf } from '../site.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import { nonceOf, parseThreshold, parseWorkRoot } from '../work/difficulty.ts';
import { StoredBudgets } from './budgets.ts';
import { StoredChains } from './chains.ts';
import { openDatabase } from './database.ts';
import { StoredLog } from './log.ts';
import type { Database } from './schema.ts';
import { StoredSettings } from './settings.ts';
import { StoredTransfers } from './transfers.ts';
import { storedVault } from './vault-store.ts';
import { storedWorkCache } from './work-cache.ts';

let database: Database;
let name: string;
beforeEach(async () => {
  name = crypto.randomUUID();
  database = await openDatabase(name);
});
/** The database after a restart of the browser. */
async function reopened(): Promise<Database> {
  database.close();
  database = await openDatabase(name);
  return database;
}

test('a browser that allows no storage is fault_storageUnusable', async () => {
  const open = indexedDB.open;
  indexedDB.open = () => {
    throw new DOMException('The operation is insecure', 'SecurityError');
  };
  try {
    await expect(openDatabase(crypto.randomUUID())).rejects.toThrow('fault_storageUnusable');
  } finally {
    indexedDB.open = open;
  }
});

test('a database of a later version is not changed, and is fault_storageNewer', async () => {
  database.close();
  const newer = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 99);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  newer.close();
  await expect(openDatabase(name)).rejects.toThrow('fault_storageNewer');
});

test('an open connection does not block the upgrade by a later version', async () => {
  const newer = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 99);
    request.onsuccess = () => resolve(request.result);
    request.onblocked = () => reject(new Error('blocked'));
  });
  newer.close();
  const failure: unknown = await new StoredSettings(database).write('paused', true).catch((caught) => caught);
  expect(faultOf(failure).key).toBe('fault_storageUnusable');
});

test.each([
  ['QuotaExceededError', 'fault_storageUnusable'],
  ['UnknownError', 'fault_storageUnusable'],
  ['DataError', 'fault_unexpected'],
])('a write that fails by %s is reported as %s', (error, key) => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  expect(faultOf(new DOMException('', error)).key).toBe(key);
  expect(said).toHaveBeenCalledOnce();
  said.mockRestore();
});

describe('budgets', () => {
  const other = 'https://other.example' as Site;
  const budget = budgetOf({
    perPayment: 10n as Raw,
    perMonth: 100n as Raw,
    period: { until: '2026-12-01' as Day, renews: 'month' },
    payTo: PAYEE,
    initiators: [other],
  });

  test('belong to one site on one network, and survive a restart', async () => {
    const budgets = new StoredBudgets(database, Date.now);
    const [elsewhere, abroad] = [
      { ...budget, site: other },
      { ...budget, network: 'nano:mainnet' },
    ];
    for (const one of [budget, elsewhere, abroad]) await budgets.save(one);
    const kept = new StoredBudgets(await reopened(), Date.now);
    expect(await kept.read(NETWORK, SHOP)).toEqual(budget);
    expect(await kept.read('nano:other', SHOP)).toBeNull();
    expect(await kept.list(NETWORK)).toEqual([elsewhere, budget]);
    await kept.remove(NETWORK, SHOP);
    expect(await kept.list(NETWORK)).toEqual([elsewhere]);
    expect(await kept.list('nano:mainnet')).toEqual([abroad]);
  });

  test('a site is blocked until it is unblocked', async () => {
    const budgets = new StoredBudgets(database, Date.now);
    const isBlocked = async (site: Site) => (await budgets.rulesFor(NETWORK, site, Date.now())).blocked;
    await budgets.block(SHOP);
    await budgets.block(SHOP);
    expect(await isBlocked(SHOP)).toBe(true);
    expect(await isBlocked(other)).toBe(false);
    expect(await budgets.blocked()).toEqual([SHOP]);
    await budgets.unblock(SHOP);
    expect(await isBlocked(SHOP)).toBe(false);
  });

  test('a site without payments has spent nothing', async () => {
    expect(await new StoredBudgets(database, Date.now).spentOn(NETWORK, SHOP, '2026-11-22')).toBe(0n);
  });
});

describe('settings', () => {
  test('the order of accounts is drawn once, also by calls at once, and drawn again where it is damaged', async () => {
    const settings = new StoredSettings(database);
    const [first, second] = await Promise.all([settings.accountOrder(), settings.accountOrder()]);
    expect(second).toEqual(first);
    expect(await settings.accountOrder()).toEqual(first);
    for (const damaged of [[], [0, 1], [0, 0, 1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7, 8], 'order']) {
      await database.put('settings', damaged, 'accountOrder');
      expect((await settings.accountOrder()).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
  });

  test('the refills of two networks that are written at once are both kept', async () => {
    const settings = new StoredSettings(database);
    const [one, other] = [settings.refillsOf('one'), settings.refillsOf('other')];
    const refill = { at: 1, amount: 5n as Raw };
    await Promise.all([one.write([refill]), other.write([refill, refill])]);
    expect([await one.read(), await other.read(), await settings.refillsOf('third').read()]).toEqual([
      [refill],
      [refill, refill],
      [],
    ]);
  });

  test('a setting has a default, and keeps a written value', async () => {
    const settings = new StoredSettings(database);
    expect(await settings.read('autoLockMinutes')).toBe(30);
    expect(await settings.network()).toEqual(MAINNET);
    expect(await settings.read('representative')).toBeNull();
    await settings.write('autoLockMinutes', 5);
    await settings.write('representative', PAYEE);
    await settings.write('paused', true);
    const kept = new StoredSettings(await reopened());
    expect(await kept.read('autoLockMinutes')).toBe(5);
    expect(await kept.read('representative')).toBe(PAYEE);
    expect(await kept.read('paused')).toBe(true);
  });

  test.each([
    ['autoLockMinutes', 0, 30],
    ['autoLockMinutes', 'soon', 30],
    ['autoLockMinutes', 1.5, 30],
    ['pocketCloses', true, 'later'],
    ['theme', 'blue', 'system'],
    ['contacts', [{ account: PAYEE, name: '' }], []],
    ['contacts', [{ account: 'nano_1', name: 'Shop' }], []],
    ['currency', { code: 'EUR', rate: 0.85 }, null],
    ['rateSource', { url: 'http://rates.example', path: 'eur', at: 1, askedAt: 1, fault: null }, null],
    ['rateSource', { url: 'https://rates.example', path: 'eur', at: 1, askedAt: 1, fault: 'x' }, null],
    ['paused', 'no', false],
    ['representative', 'nano_1', null],
    ['network', 7, MAINNET.id],
    ['manualSites', 'https://shop.example', []],
    ['manualSites', [7], []],
  ] as const)('%s with the invalid value %j is the default', async (setting, damaged, value) => {
    await database.put('settings', damaged, setting);
    expect(await new StoredSettings(database).read(setting)).toEqual(value);
  });

  test('sites whose pages handle their own 402s are added once and removed, also at the same time', async () => {
    const settings = new StoredSettings(database);
    const [one, other] = [siteOf('https://one.example'), siteOf('https://other.example')];
    await Promise.all([one, other, one].map((site) => settings.setManual(site, true)));
    expect((await settings.read('manualSites')).toSorted()).toEqual([one, other]);
    await settings.setManual(one, false);
    expect(await new StoredSettings(await reopened()).read('manualSites')).toEqual([other]);
  });

  const own = { ...DEVNET, id: 'nano:mine', label: 'Mine' };

  test('a network of the user can be used, takes precedence over a built-in one, and can be removed', async () => {
    const settings = new StoredSettings(database);
    await expect(settings.useNetwork(own.id)).rejects.toThrow('fault_unknownNetwork');
    await settings.saveNetwork(own);
    await settings.useNetwork(own.id);
    expect(await settings.network()).toEqual(own);
    expect((await settings.networks()).map(({ id }) => id)).toEqual([MAINNET.id, DEVNET.id, own.id]);
    await settings.removeNetwork(own.id);
    expect(await settings.network()).toEqual(MAINNET);
    expect(await settings.read('network')).toBe(MAINNET.id);

    const [changed] = [{ ...DEVNET, rpcUrls: ['http://127.0.0.1:9'] }];
    await settings.saveNetwork(changed);
    await settings.useNetwork(DEVNET.id);
    expect(await settings.network()).toEqual(changed);
    await settings.removeNetwork(DEVNET.id);
    expect(await settings.network()).toEqual(DEVNET);
  });

  test.each([
    ['rpcUrls', { ...own, rpcUrls: [] }],
    ['rpcUrls.0', { ...own, rpcUrls: ['ftp://node.example'] }],
    ['id', { ...own, id: 'mine' }],
    ['thresholds.send', { ...own, thresholds: { ...own.thresholds, send: 'high' } }],
    ['representative', { ...own, representative: 'nano_1' }],
  ])('a profile whose %s is wrong is refused by name', async (field, profile) => {
    const settings = new StoredSettings(database);
    await expect(settings.saveNetwork(profile)).rejects.toMatchObject({
      key: 'fault_badNetwork',
      args: [field],
    });
    expect(await settings.networks()).toEqual([MAINNET, DEVNET]);
  });
});

test('a flood of 402s of one site is one line of the log', async () => {
  const log = new StoredLog(database);
  const line = (at: number, key: 'refusal_QUEUE_FULL' | 'refusal_DECLINED') =>
    log.add({ at, site: SHOP, url: `${SHOP}/${at}`, key, args: [] });
  await line(1, 'refusal_DECLINED');
  await Promise.all(Array.from({ length: 3000 }, (_, n) => line(n + 2, 'refusal_QUEUE_FULL')));
  await Promise.all(Array.from({ length: 2000 }, (_, n) => line(n + 3002, 'refusal_QUEUE_FULL')));
  await line(9999, 'refusal_DECLINED');
  await line(10_000, 'refusal_QUEUE_FULL');
  expect((await log.list()).map(({ key, times, at }) => [key, times, at])).toEqual([
    ['refusal_QUEUE_FULL', undefined, 10_000],
    ['refusal_DECLINED', undefined, 9999],
    ['refusal_QUEUE_FULL', 5000, 5001],
    ['refusal_DECLINED', undefined, 1],
  ]);
});

test('the log keeps the newest 200 lines, newest first', async () => {
  const log = new StoredLog(database);
  for (let at = 0; at < 450; at++) {
    await log.add({ at, site: SHOP, url: SHOP, key: 'refusal_DECLINED', args: [] });
  }
  const kept = await new StoredLog(await reopened()).list();
  expect(kept.map(({ at }) => at)).toEqual(Array.from({ length: 200 }, (_, index) => 449 - index));
  expect(await database.count('log')).toBe(200);
});

test('the vault store keeps values by name', async () => {
  await storedVault(database).set('sealed', { bytes: new Uint8Array([1, 2, 3]) });
  const store = storedVault(await reopened());
  expect(await store.get('sealed')).toEqual({ bytes: new Uint8Array([1, 2, 3]) });
  await store.remove('sealed');
  expect(await store.get('sealed')).toBeUndefined();
});

test('work and requests to precompute it survive a restart, and are removed by root', async () => {
  const root = parseWorkRoot('A'.repeat(64));
  const entry = { root, nonce: nonceOf(7n), foundAt: 1 };
  const intent = { root, threshold: parseThreshold('f'.repeat(16)), askedAt: 2 };
  const before = storedWorkCache(database);
  await before.put(entry);
  await before.intents.put(intent);
  const cache = storedWorkCache(await reopened());
  expect(await cache.get(root)).toEqual(entry);
  expect(await cache.intents.list()).toEqual([intent]);
  await cache.drop(root);
  await cache.intents.drop(root);
  expect(await cache.get(root)).toBeUndefined();
  expect(await cache.intents.list()).toEqual([]);
});

describe('chains', () => {
  const own: OwnBlock = {
    network: NETWORK,
    account: STRANGER,
    hash: 'B'.repeat(64) as BlockHash,
    subtype: 'receive',
    delta: 1n as Raw,
    block: {
      account: STRANGER,
      previous: 'A'.repeat(64) as BlockHash,
      representative: PAYEE,
      balance: 2n as Raw,
      link: 'C'.repeat(64),
      signature: '0'.repeat(128),
      work: '0'.repeat(16),
    },
  };

  test('each account on each network has its own newest block', async () => {
    const chains = new StoredChains(database);
    expect(await chains.newest(NETWORK, STRANGER)).toBeNull();
    await chains.put(own);
    const kept = new StoredChains(await reopened());
    expect(await kept.newest(NETWORK, STRANGER)).toEqual(own);
    expect(await kept.newest(NETWORK, PAYEE)).toBeNull();
    expect(await kept.newest('nano:other', STRANGER)).toBeNull();
  });

  test('a transfer and its block are stored both or neither', async () => {
    const transfer = {
      kind: 'received',
      id: own.hash,
      at: 5,
      amount: 1n as Raw,
      counterparty: PAYEE,
      network: { id: NETWORK, testMoney: true },
    } as const;
    const unwritable = Object.create({}, { ...Object.getOwnPropertyDescriptors(own), account: {} });
    const transfers = new StoredTransfers(database, Date.now);
    await expect(transfers.record([{ transfer, own: unwritable }])).rejects.toThrow();
    expect([await database.count('transfers'), await database.count('chains')]).toEqual([0, 0]);
    await transfers.record([{ transfer, own }]);
    expect([await database.count('transfers'), await database.count('chains')]).toEqual([1, 1]);
  });
});
