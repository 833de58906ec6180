import { beforeEach, describe, expect, test } from 'vitest';
import { deriveKeys, newWords, type SeedSource, seedOf } from '../nano/seed.ts';
import { JsonStore, MemoryPlace } from './places.fixture.ts';
import { firstRecord, type SeedCopy } from './seed-copies.ts';
import { Vault } from './vault.ts';

const PASSWORD = 'correct horse battery staple';
const OTHER = 'fjord tulip oboe zinc';
const KDF = { memoryKiB: 1024, iterations: 1, parallelism: 1 };
const SOURCE: SeedSource = { kind: 'words', words: newWords(), reading: 'bip44' };
const ACCOUNT = deriveKeys(seedOf(SOURCE), 0).address;

let store: JsonStore<'sealed' | 'session' | 'pocket' | 'tries'>;
let second: MemoryPlace;
let vault: Vault;

/** The vault of a restarted worker, over the same places. */
function restarted(kdf = KDF): Vault {
  const clock = { now: () => 1_900_000_000_000 };
  return new Vault({ store, second, session: new JsonStore(), clock, autoLockMinutes: 15, kdf });
}

const fault = (key: string) => expect.objectContaining({ key });
const first = () => store.get('sealed') as Promise<ReturnType<typeof firstRecord> | undefined>;
const newest = () => second.copies.at(-1) as SeedCopy;

/** Expects the same copy in both places, and no other copy in the second. */
async function expectBoth(generation: number): Promise<void> {
  expect(second.copies).toHaveLength(1);
  expect(await first()).toEqual(firstRecord(newest()));
  expect(newest()).toMatchObject({ generation, account: ACCOUNT });
}

beforeEach(async () => {
  store = new JsonStore();
  second = new MemoryPlace();
  vault = restarted();
  await vault.create(SOURCE, PASSWORD);
});

test('a new seed is sealed in both places, with its first account', () => expectBoth(1));

test('a password change is a new generation in both places', async () => {
  await vault.changePassword(PASSWORD, OTHER);
  await expectBoth(2);
  expect(await restarted().reveal(OTHER)).toEqual(SOURCE);
});

test('a password change whose record in the database cannot be written has taken place, and is repaired later', async () => {
  const write = store.set.bind(store);
  store.set = (key, value) => (key === 'sealed' ? Promise.reject(new Error('no room')) : write(key, value));
  await vault.changePassword(PASSWORD, OTHER);
  expect((await vault.copyFault())?.key).toBe('fault_unexpected');
  await expect(restarted().unlock(PASSWORD)).rejects.toThrow(fault('fault_wrongPassword'));
  store.set = write;
  const opened = restarted();
  await opened.unlock(OTHER);
  expect([await opened.seed(), await opened.copyFault()]).toEqual([seedOf(SOURCE), null]);
  await expectBoth(2);
});

test('a password change whose second copy cannot be written has not taken place', async () => {
  second.write = () => Promise.reject(new Error('no room'));
  await expect(vault.changePassword(PASSWORD, OTHER)).rejects.toThrow('no room');
  await expect(restarted().reveal(OTHER)).rejects.toThrow(fault('fault_wrongPassword'));
  expect(await restarted().reveal(PASSWORD)).toEqual(SOURCE);
});

describe('an owner who forgot the password', () => {
  test('sets another one by the seed, which opens the vault and takes both places', async () => {
    for (let n = 0; n < 5; n += 1) await vault.unlock('wrong').catch(() => undefined);
    const next = restarted();
    await next.recover(SOURCE, OTHER);
    expect([await next.seed(), await next.retryAt()]).toEqual([seedOf(SOURCE), null]);
    await expectBoth(2);
    expect(await restarted().reveal(OTHER)).toEqual(SOURCE);
  });

  test('does not replace the vault by another seed, by words that are none, or under a short password', async () => {
    const other: SeedSource = { kind: 'seed', hex: '7F'.repeat(32) };
    for (const [source, password, key] of [
      [other, OTHER, 'fault_otherSeed'],
      [{ kind: 'seed', hex: 'xy' }, OTHER, 'fault_badSeed'],
      [SOURCE, '7 signs', 'fault_shortPassword'],
    ] as const) {
      await expect(restarted().recover(source, password)).rejects.toThrow(fault(key));
    }
    await expectBoth(1);
    expect(await restarted().reveal(PASSWORD)).toEqual(SOURCE);
  });

  test('decides between two copies that differ by the seed of one of them', async () => {
    const { copies } = second;
    store = new JsonStore();
    second = new MemoryPlace();
    await restarted().create({ kind: 'seed', hex: '7F'.repeat(32) }, OTHER);
    second.copies = copies;
    const opened = restarted();
    await opened.recover(SOURCE, OTHER);
    expect(await opened.copies()).toMatchObject({ kind: 'kept', isWhole: true });
    await expectBoth(2);
  });

  test('sets none where there is no vault', async () => {
    await vault.erase(async () => store.held.clear());
    await expect(restarted().recover(SOURCE, OTHER)).rejects.toThrow(fault('fault_noVault'));
  });
});

test('a seed whose second copy cannot be written is not made', async () => {
  store = new JsonStore();
  second = new MemoryPlace();
  second.write = () => Promise.reject(new Error('no room'));
  await expect(restarted().create(SOURCE, PASSWORD)).rejects.toThrow('no room');
  expect(store.held.size).toBe(0);
});

test('erasing removes it from both places', async () => {
  await vault.erase(async () => store.held.clear());
  expect([await restarted().exists(), second.copies.length, store.held.size]).toEqual([false, 0, 0]);
});

describe('the next unlocking repairs the two copies where', () => {
  test.each<readonly [string, () => Promise<unknown> | unknown]>([
    ['the second place is empty', () => second.erase()],
    ['the database is empty', () => store.held.clear()],
    ['the database has an invalid record', () => store.set('sealed', { version: 1 })],
    ['the second place has an older copy', () => changeIn('first')],
    ['the database has an older copy', () => changeIn('second')],
    [
      'an older version of the extension sealed the seed',
      async () => {
        const { generation: _, account: __, ...sealed } = firstRecord(newest());
        await store.set('sealed', sealed);
        await second.erase();
      },
    ],
  ])('%s', async (_, damage) => {
    await damage();
    const repaired = restarted();
    expect(await repaired.exists()).toBe(true);
    const { generation } = await repaired
      .copies()
      .then((copies) => ('copy' in copies ? copies.copy : newest()));
    await repaired.unlock(generation === 1 ? PASSWORD : OTHER);
    expect(await repaired.seed()).toEqual(seedOf(SOURCE));
    expect(await repaired.copyFault()).toBeNull();
    await expectBoth(generation);
  });

  /** Changes the password, but only in one place. */
  async function changeIn(place: 'first' | 'second'): Promise<void> {
    const [before] = second.copies;
    const earlier = await first();
    await vault.changePassword(PASSWORD, OTHER);
    if (place === 'first') second.copies = before === undefined ? [] : [before];
    else await store.set('sealed', earlier);
  }
});

test('a copy that cannot be repaired does not prevent unlocking, and is reported', async () => {
  await second.erase();
  second.write = () => Promise.reject(new Error('no room'));
  const opened = restarted();
  await opened.unlock(PASSWORD);
  expect(await opened.seed()).toEqual(seedOf(SOURCE));
  expect((await opened.copyFault())?.key).toBe('fault_unexpected');
  expect((await restarted().copyFault())?.key).toBe('fault_storageUnusable');
});

describe('a database that has lost the seed', () => {
  beforeEach(() => store.held.clear());

  test('is distinguished from one that never had any', async () => {
    expect(await restarted().copies()).toEqual({ kind: 'lost', copy: newest() });
    await second.erase();
    expect(await restarted().copies()).toEqual({ kind: 'none' });
  });

  test('accepts the same seed again by its words, under another password', async () => {
    await restarted().create(SOURCE, OTHER);
    await expectBoth(2);
    expect(await restarted().reveal(OTHER)).toEqual(SOURCE);
  });

  test('does not get the seed of a backup whose records cannot be written', async () => {
    const failing = restarted().restore(SOURCE, OTHER, () => Promise.reject(new Error('no room')));
    await expect(failing).rejects.toThrow('no room');
    expect(store.held.size).toBe(0);
  });
});

describe('two copies of one generation that differ', () => {
  beforeEach(async () => {
    const places = [store, second] as const;
    store = new JsonStore();
    second = new MemoryPlace();
    await restarted().create({ kind: 'seed', hex: '7F'.repeat(32) }, OTHER);
    // The database has another seed now, and the second place has the seed of this test.
    second.copies = places[1].copies;
  });

  test('are not opened until the user has chosen one', async () => {
    expect(await restarted().copies()).toMatchObject({ kind: 'differ' });
    await expect(restarted().unlock(PASSWORD)).rejects.toThrow(fault('fault_twoSeeds'));
    await expect(restarted().reveal(PASSWORD)).rejects.toThrow(fault('fault_twoSeeds'));
    await expect(restarted().create(SOURCE, PASSWORD)).rejects.toThrow(fault('fault_vaultExists'));
  });

  test.each([
    ['first', OTHER, PASSWORD],
    ['second', PASSWORD, OTHER],
  ] as const)(
    'the %s one takes both places when it was chosen and its password is right',
    async (which, right, wrong) => {
      await expect(restarted().unlock(wrong, which)).rejects.toThrow(fault('fault_wrongPassword'));
      expect(await restarted().copies()).toMatchObject({ kind: 'differ' });
      const opened = restarted();
      await opened.unlock(right, which);
      expect(await opened.copies()).toMatchObject({ kind: 'kept', isWhole: true, copy: { generation: 2 } });
      expect(second.copies).toHaveLength(1);
      expect(await restarted().reveal(right)).toEqual(await opened.reveal(right));
    },
  );
});

describe('a worker that ends at any write leaves a seed that one of its passwords opens, during', () => {
  /** Ends the writes to both places with write number `at`, which is done or not. */
  function endAt(
    at: number,
    isDone: boolean,
  ): { readonly dead: Promise<void>; readonly count: () => number } {
    let count = 0;
    let die = () => {};
    const dead = new Promise<void>((resolve) => {
      die = resolve;
    });
    const wrap =
      <A extends readonly unknown[], T>(write: (...given: A) => Promise<T>) =>
      async (...given: A): Promise<T> => {
        count += 1;
        if (count < at) return write(...given);
        if (count === at && isDone) await write(...given);
        die();
        return new Promise<T>(() => {});
      };
    store.set = wrap(store.set.bind(store));
    store.remove = wrap(store.remove.bind(store));
    second.write = wrap(second.write.bind(second));
    second.tidy = wrap(second.tidy.bind(second));
    return { dead, count: () => count };
  }

  /** Opens both places as a restarted worker does. */
  function reopen(): void {
    const [held, copies] = [store.held, second.copies];
    store = new JsonStore();
    for (const [key, value] of held) store.held.set(key, value);
    second = new MemoryPlace();
    second.copies = copies;
  }

  const costly = { ...KDF, iterations: 2 };
  const works: readonly (readonly [string, (one: Vault) => Promise<unknown>, typeof KDF])[] = [
    ['a password change', (one) => one.changePassword(PASSWORD, OTHER), KDF],
    ['a new password by the seed', (one) => one.recover(SOURCE, OTHER), KDF],
    ['an unlocking that seals again', (one) => one.unlock(PASSWORD), costly],
    [
      'an unlocking that repairs a copy',
      async (one) => {
        store.held.delete('sealed');
        await one.unlock(PASSWORD);
      },
      KDF,
    ],
  ];
  test.each(works)('%s', async (_, work, kdf) => {
    let deaths = 0;
    for (let at = 1; ; at += 1) {
      let wasReached = false;
      for (const isDone of [false, true]) {
        store = new JsonStore();
        second = new MemoryPlace();
        await restarted().create(SOURCE, PASSWORD);
        const { dead } = endAt(at, isDone);
        const ended = work(restarted(kdf)).then(() => 'ended' as const);
        if ((await Promise.race([dead, ended])) === 'ended') continue;
        wasReached = true;
        deaths += 1;
        reopen();
        const opened = await Promise.any(
          [PASSWORD, OTHER].map(async (password) => {
            const next = restarted(kdf);
            // A try that the ended worker has counted would delay the next one, which is not tested here.
            store.held.delete('tries');
            await next.unlock(password);
            return next;
          }),
        );
        expect(await opened.seed()).toEqual(seedOf(SOURCE));
        expect(await opened.copies()).toMatchObject({ kind: 'kept', isWhole: true });
        expect(second.copies).toHaveLength(1);
      }
      if (!wasReached) break;
    }
    expect(deaths).toBeGreaterThan(4);
  });
});
