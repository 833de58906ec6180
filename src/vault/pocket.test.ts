import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import { deriveKeys, keysOf, type Seed, type SeedSource, seedFor, seedOf } from '../nano/seed.ts';
import { JsonStore, MemoryPlace } from './places.fixture.ts';
import { POCKET_SPAN, Vault } from './vault.ts';

const PASSWORD = 'correct horse battery staple';
const KDF = { memoryKiB: 1024, iterations: 1, parallelism: 1 };
const MINUTE = 60_000;
const SOURCE: SeedSource = { kind: 'seed', hex: 'ab'.repeat(32) };
const SEED = seedOf(SOURCE);
const LOCKED = new Fault('fault_locked');

let store: JsonStore<'sealed' | 'session' | 'pocket' | 'tries'>;
let second: MemoryPlace;
let session: JsonStore<'vault' | 'pocket'>;
let now: number;
let accounts: number;
let vault: Vault;

/** The vault of a restarted worker: another object over the same stores. */
const restarted = () =>
  new Vault({
    store,
    second,
    session,
    clock: { now: () => now },
    autoLockMinutes: 15,
    kdf: KDF,
    pocketAccounts: async () => accounts,
  });

beforeEach(async () => {
  store = new JsonStore();
  second = new MemoryPlace();
  session = new JsonStore();
  now = 1_900_000_000_000;
  accounts = 2;
  vault = restarted();
  await vault.create(SOURCE, PASSWORD);
});

const keysKept = async () => (await vault.pocket())?.real.privateKeys.map((key) => keysOf(key).address);
const addressesOf = (...indexes: readonly number[]) =>
  indexes.map((index) => deriveKeys(SEED, index).address);
/** The accounts of a seed, and the keys of those that are the pocket. */
const familyFrom = (seed: Seed) => {
  const all = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => deriveKeys(seed, index));
  return {
    addresses: all.map(({ address }) => address),
    privateKeys: all.slice(1, 3).map(({ privateKey }) => privateKey),
  };
};

describe('a locked vault with a pocket', () => {
  test('has the keys of its pockets of real and of test money, the addresses of all accounts, and no seed', async () => {
    await vault.lock();
    expect(await vault.pocket()).toEqual({
      real: familyFrom(SEED),
      test: familyFrom(seedFor({ testMoney: true }, SEED)),
    });
    expect([await vault.isUnlocked(), await vault.isPocketOpen()]).toEqual([false, true]);
    await expect(vault.seed()).rejects.toEqual(LOCKED);
  });

  test('keeps them over a restart of the worker, and over its own deadline', async () => {
    now += 16 * MINUTE;
    vault = restarted();
    expect(await vault.isUnlocked()).toBe(false);
    expect(await keysKept()).toEqual(addressesOf(1, 2));
  });

  test('keeps them for twelve hours from the unlocking, however much it is used meanwhile', async () => {
    now += POCKET_SPAN - 1;
    expect(await vault.isPocketOpen()).toBe(true);
    await vault.touch();
    now += 1;
    expect([await vault.isPocketOpen(), await vault.pocket()]).toEqual([false, undefined]);
    expect([store.held.has('pocket'), session.held.has('pocket')]).toEqual([false, false]);
  });

  test('loses them with the browser', async () => {
    session.held.clear();
    expect([await vault.isPocketOpen(), await vault.pocket()]).toEqual([false, undefined]);
  });

  test('loses them where the clock was set back to before the unlocking', async () => {
    now -= 2 * MINUTE;
    expect(await vault.isPocketOpen()).toBe(false);
  });

  test('shows none of them in its stores', async () => {
    await vault.lock();
    const everything = [...store.held.values(), ...session.held.values()].join().toLowerCase();
    for (const index of [0, 1, 2]) expect(everything).not.toContain(deriveKeys(SEED, index).privateKey);
    expect(session.held.has('vault')).toBe(false);
    expect(store.held.has('session')).toBe(false);
  });
});

test('locking everything closes the pocket too, and removes its ciphertext', async () => {
  await vault.lockEverything();
  expect([await vault.isUnlocked(), await vault.isPocketOpen()]).toEqual([false, false]);
  expect([...session.held.keys()]).toEqual([]);
  expect([...store.held.keys()]).toEqual(['sealed']);
  await vault.unlock(PASSWORD);
  expect(await keysKept()).toEqual(addressesOf(1, 2));
});

test('a vault without a pocket keeps no key when it is locked', async () => {
  accounts = 0;
  await vault.renewPocket();
  await vault.lock();
  expect([await vault.isPocketOpen(), await vault.pocket()]).toEqual([false, undefined]);
  expect([...session.held.keys()]).toEqual([]);
});

test('a changed number of accounts is followed while unlocked; while locked only none is, which closes the pocket', async () => {
  accounts = 3;
  await vault.renewPocket();
  expect(await keysKept()).toEqual(addressesOf(1, 2, 3));
  await vault.lock();
  accounts = 7;
  await expect(vault.renewPocket()).rejects.toEqual(LOCKED);
  expect(await keysKept()).toEqual(addressesOf(1, 2, 3));
  accounts = 0;
  await vault.renewPocket();
  expect(await vault.isPocketOpen()).toBe(false);
});

test('erasing the vault closes the pocket', async () => {
  await vault.erase(async () => store.held.clear());
  expect([store.held.size, session.held.size]).toEqual([0, 0]);
});

test("a pocket's ciphertext is not taken for a seed, nor a seed's for a pocket", async () => {
  for (const [one, other] of [
    ['session', 'pocket'],
    ['pocket', 'session'],
  ] as const) {
    const [kept, key] = [await store.get(one), await session.get(one === 'session' ? 'vault' : 'pocket')];
    await store.set(other, kept);
    await session.set(other === 'session' ? 'vault' : 'pocket', key);
    vault = restarted();
    if (other === 'pocket') expect(await vault.pocket()).toBeUndefined();
    else await expect(vault.seed()).rejects.toEqual(LOCKED);
    await vault.unlock(PASSWORD);
  }
});
