import { inspect } from 'node:util';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Fault } from '../fault.ts';
import { newWords, readWords, type SeedSource, seedOf } from '../nano/seed.ts';
import { JsonStore, MemoryPlace } from './places.fixture.ts';
import { Vault } from './vault.ts';

const PASSWORD = 'correct horse battery staple';
const OTHER = 'fjord tulip oboe zinc';
const KDF = { memoryKiB: 1024, iterations: 1, parallelism: 1 };
const MINUTE = 60_000;
const WORDS = newWords();
const SOURCE: SeedSource = { kind: 'words', words: WORDS, reading: 'bip44' };
const SEED = seedOf(SOURCE);

let store: JsonStore<'sealed' | 'session' | 'pocket' | 'tries'>;
let second: MemoryPlace;
let session: JsonStore<'vault' | 'pocket'>;
let now: number;
let vault: Vault;

/** The vault of a restarted worker: another object over the same stores. */
const restarted = (options: { readonly kdf?: typeof KDF } = {}) =>
  new Vault({ store, second, session, clock: { now: () => now }, autoLockMinutes: 15, kdf: KDF, ...options });

beforeEach(() => {
  store = new JsonStore();
  second = new MemoryPlace();
  session = new JsonStore();
  now = 1_900_000_000_000;
  vault = restarted();
});

const fault = (key: string) => expect.objectContaining({ key });

describe('creating a vault', () => {
  test('makes an unlocked vault, once', async () => {
    expect(await vault.exists()).toBe(false);
    await expect(vault.unlock(PASSWORD)).rejects.toThrow(fault('fault_noVault'));
    await vault.create(SOURCE, PASSWORD);
    expect([await vault.exists(), await vault.isUnlocked()]).toEqual([true, true]);
    expect(await vault.seed()).toEqual(SEED);
    await expect(vault.create(SOURCE, PASSWORD)).rejects.toThrow(fault('fault_vaultExists'));
  });

  test.each<[string, SeedSource, string]>([
    ['fault_shortPassword', SOURCE, '7 signs'],
    [
      'fault_badWords',
      { ...SOURCE, kind: 'words', words: 'abandon '.repeat(24), reading: 'bip44' },
      PASSWORD,
    ],
    ['fault_badSeed', { kind: 'seed', hex: 'xy' }, PASSWORD],
  ])('that fails with %s stores nothing', async (key, source, password) => {
    await expect(vault.create(source, password)).rejects.toThrow(fault(key));
    expect([store.held.size, session.held.size]).toEqual([0, 0]);
  });

  test.each<SeedSource>([
    { kind: 'words', words: WORDS, reading: 'legacy' },
    { kind: 'seed', hex: 'ab'.repeat(32) },
    { kind: 'seed', hex: 'ab'.repeat(64) },
  ])('keeps the words or digits of the user: $kind', async (source) => {
    await vault.create(source, PASSWORD);
    expect(await vault.reveal(PASSWORD)).toEqual(source);
    expect(await vault.seed()).toEqual(seedOf(source));
  });
});

describe('the stores of the vault', () => {
  test('the seed is nowhere to be read, locked or not', async () => {
    await vault.create(SOURCE, PASSWORD);
    const everything = () => [...store.held.values(), ...session.held.values()].join().toLowerCase();
    const { bip44, legacy } = readWords(WORDS);
    // Two words together, because a short word may occur in a ciphertext by chance.
    const phrase = WORDS.split(' ').slice(0, 2).join(' ');
    for (const secret of [WORDS, phrase, bip44.hex, legacy?.hex ?? bip44.hex, PASSWORD]) {
      expect(everything()).not.toContain(secret);
      expect(everything()).not.toContain(Buffer.from(secret).toString('hex'));
    }
    expect([...store.held.keys()].sort()).toEqual(['sealed', 'session']);
    expect([...session.held.keys()]).toEqual(['vault']);
  });

  test('after locking the session is empty and its key opens nothing', async () => {
    await vault.create(SOURCE, PASSWORD);
    const key = await session.get('vault');
    await vault.lock();
    expect([...session.held.keys(), ...store.held.keys()]).toEqual(['sealed']);
    await session.set('vault', key);
    await expect(vault.seed()).rejects.toThrow(fault('fault_locked'));
    expect(session.held.size).toBe(0);
  });

  test('every unlocking makes a new key', async () => {
    await vault.create(SOURCE, PASSWORD);
    const first = await session.get('vault');
    await vault.lock();
    await vault.unlock(PASSWORD);
    expect(await session.get('vault')).not.toEqual(first);
    await session.set('vault', first);
    await expect(vault.seed()).rejects.toThrow(fault('fault_locked'));
  });

  test('the object holds no secret', async () => {
    await vault.create(SOURCE, PASSWORD);
    await vault.seed();
    await vault.lock();
    const [word] = WORDS.split(' ');
    expect(inspect(vault, { depth: 9, showHidden: true })).not.toMatch(new RegExp(`${SEED.hex}|"${word} `));
  });
});

describe('the deadline', () => {
  beforeEach(() => vault.create(SOURCE, PASSWORD));

  test('a restarted worker is unlocked until it, and locked from then on', async () => {
    expect(await restarted().deadline()).toBe(now + 15 * MINUTE);
    now += 15 * MINUTE - 1;
    expect(await restarted().seed()).toEqual(SEED);
    now += 1;
    await expect(restarted().seed()).rejects.toThrow(fault('fault_locked'));
    expect([...session.held.keys(), ...store.held.keys()]).toEqual(['sealed']);
  });

  test('a session past its deadline is removed by the next question about it', async () => {
    now += 15 * MINUTE;
    expect([await vault.isUnlocked(), await vault.deadline()]).toEqual([false, null]);
    expect(session.held.size).toBe(0);
  });

  test('the answer that the vault is open is reused for a second, but not past the deadline or after a lock', async () => {
    const looks = vi.spyOn(session, 'get');
    for (let look = 0; look < 10; look++) expect(await vault.isUnlocked()).toBe(true);
    expect(looks).toHaveBeenCalledTimes(1);
    now += 1_000;
    expect(await vault.isUnlocked()).toBe(true);
    expect(looks).toHaveBeenCalledTimes(2);
    await vault.lock();
    expect(await vault.isUnlocked()).toBe(false);
    await vault.unlock(PASSWORD);
    now += 15 * MINUTE - 1;
    expect(await vault.isUnlocked()).toBe(true);
    now += 1;
    expect(await vault.isUnlocked()).toBe(false);
  });

  test('touch moves it, questions about it do not', async () => {
    now += 10 * MINUTE;
    await vault.seed();
    await vault.isUnlocked();
    expect(await vault.deadline()).toBe(now + 5 * MINUTE);
    await vault.touch();
    expect(await vault.deadline()).toBe(now + 15 * MINUTE);
    await vault.setAutoLock(1);
    expect(await vault.deadline()).toBe(now + MINUTE);
  });

  test('a clock that is set back locks the vault, because the time without use is unknown', async () => {
    now += 10 * MINUTE;
    await vault.touch();
    now -= 30_000;
    expect(await restarted().isUnlocked()).toBe(true);
    now -= 24 * 60 * MINUTE;
    await expect(restarted().seed()).rejects.toThrow(fault('fault_locked'));
    expect([...session.held.keys(), ...store.held.keys()]).toEqual(['sealed']);
    now += 24 * 60 * MINUTE;
    expect(await vault.isUnlocked()).toBe(false);
  });

  test('a shorter time than was set before counts from now', async () => {
    await vault.setAutoLock(600);
    await vault.setAutoLock(1);
    expect(await vault.deadline()).toBe(now + MINUTE);
  });

  test('only the password unlocks a locked vault', async () => {
    const locking = vault.lock();
    await Promise.all([vault.touch(), vault.setAutoLock(60), locking]);
    expect(await vault.isUnlocked()).toBe(false);
    now += 99 * MINUTE;
    await vault.unlock(PASSWORD);
    expect(await vault.deadline()).toBe(now + 60 * MINUTE);
  });

  test('a lock that is called while a password is checked takes effect after it', async () => {
    await vault.lock();
    await Promise.all([vault.unlock(PASSWORD), vault.lock()]);
    expect(await vault.isUnlocked()).toBe(false);
  });
});

describe('passwords', () => {
  beforeEach(async () => {
    await vault.create(SOURCE, PASSWORD);
    await vault.lock();
  });

  test('only the right one unlocks and reveals', async () => {
    await expect(vault.unlock(OTHER)).rejects.toThrow(fault('fault_wrongPassword'));
    await expect(vault.reveal(OTHER)).rejects.toThrow(fault('fault_wrongPassword'));
    expect(await vault.isUnlocked()).toBe(false);
    expect(await vault.reveal(PASSWORD)).toEqual(SOURCE);
    expect(await vault.isUnlocked()).toBe(false);
    await vault.unlock(PASSWORD);
    expect(await vault.seed()).toEqual(SEED);
  });

  test('wrong ones delay the next try, also with the right one and after restarts, and the right one resets it', async () => {
    for (const _ of [1, 2, 3, 4]) {
      await expect(vault.unlock(OTHER)).rejects.toThrow(fault('fault_wrongPassword'));
    }
    expect(await restarted().retryAt()).toBe(now + 1000);
    await expect(restarted().unlock(PASSWORD)).rejects.toMatchObject({
      key: 'fault_tooManyTries',
      args: ['1'],
    });
    await expect(restarted().reveal(PASSWORD)).rejects.toMatchObject({ key: 'fault_tooManyTries' });
    now += 1000;
    expect(await vault.retryAt()).toBeNull();
    await vault.unlock(PASSWORD);
    await vault.lock();
    await expect(vault.unlock(OTHER)).rejects.toThrow(fault('fault_wrongPassword'));
    expect(await vault.retryAt()).toBeNull();
  });

  test('a try counts even if its answer never arrives', async () => {
    store.held.set('tries', JSON.stringify({ count: 3, until: 0 }));
    const set = store.set.bind(store);
    store.set = async (key, value) => {
      await set(key, value);
      if (key === 'tries') throw new Error('the worker was killed');
    };
    await expect(vault.unlock(OTHER)).rejects.toThrow('the worker was killed');
    store.set = set;
    await expect(restarted().unlock(PASSWORD)).rejects.toThrow(fault('fault_tooManyTries'));
  });

  test('a wrong password is counted before its answer is known, so that killing the worker does not avoid it', async () => {
    store.held.set('tries', JSON.stringify({ count: 3, until: 0 }));
    const deciding = new Promise<void>((decide) => {
      vi.spyOn(crypto.subtle, 'importKey').mockImplementationOnce(() => {
        decide();
        // The worker is killed here, so the promise never settles.
        return new Promise(() => undefined);
      });
    });
    void vault.unlock(OTHER);
    await deciding;
    await expect(restarted().unlock(PASSWORD)).rejects.toThrow(fault('fault_tooManyTries'));
  });

  test('a clock that is set back by a year does not cause a delay of a year', async () => {
    for (const _ of [1, 2, 3, 4, 5, 6]) {
      await vault.unlock(OTHER).catch(() => undefined);
      now += 60_000;
    }
    await vault.unlock(OTHER).catch(() => undefined);
    now -= 365 * 24 * 60 * MINUTE;
    expect(await restarted().retryAt()).toBe(now + 8_000);
    now += 8_000;
    await restarted().unlock(PASSWORD);
    expect(await vault.isUnlocked()).toBe(true);
  });

  test('a password change invalidates the old one and keeps the session', async () => {
    await vault.unlock(PASSWORD);
    await expect(vault.changePassword(OTHER, PASSWORD)).rejects.toThrow(fault('fault_wrongPassword'));
    await expect(vault.changePassword(PASSWORD, '7 signs')).rejects.toThrow(fault('fault_shortPassword'));
    await vault.changePassword(PASSWORD, OTHER);
    expect(await vault.seed()).toEqual(SEED);
    await expect(vault.reveal(PASSWORD)).rejects.toThrow(fault('fault_wrongPassword'));
    expect(await vault.reveal(OTHER)).toEqual(SOURCE);
  });

  test('a vault that was sealed for less is sealed anew, at the first unlocking, under the same password', async () => {
    const before = await store.get('sealed');
    await restarted({ kdf: { ...KDF, iterations: 2 } }).unlock(PASSWORD);
    expect(await store.get('sealed')).toMatchObject({ kdf: { iterations: 2 } });
    const after = await store.get('sealed');
    expect(after).not.toEqual(before);
    await vault.lock();
    await vault.unlock(PASSWORD);
    expect(await store.get('sealed')).toEqual(after);
    expect(await vault.seed()).toEqual(SEED);
  });

  test('a wrong password seals nothing again, and a vault of a higher cost is not changed', async () => {
    const before = await store.get('sealed');
    const dear = { kdf: { ...KDF, iterations: 2 } };
    await expect(restarted(dear).unlock(OTHER)).rejects.toThrow(fault('fault_wrongPassword'));
    expect(await store.get('sealed')).toEqual(before);
    await restarted(dear).unlock(PASSWORD);
    const dearer = await store.get('sealed');
    await vault.lock();
    await vault.unlock(PASSWORD);
    expect(await store.get('sealed')).toEqual(dearer);
  });

  test('no failure repeats a secret', async () => {
    const failures = [
      vault.unlock(OTHER),
      vault.seed(),
      vault.create({ kind: 'words', words: `${WORDS} ${WORDS}`, reading: 'bip44' }, PASSWORD),
      restarted().changePassword(PASSWORD, 'qwerty'),
    ];
    for (const failure of failures) {
      const error: unknown = await failure.catch((caught) => caught);
      expect(error).toBeInstanceOf(Fault);
      expect(inspect(error, { depth: 9 })).not.toMatch(
        new RegExp(`${WORDS}|${SEED.hex}|${PASSWORD}|${OTHER}`),
      );
    }
  });
});

describe('damage', () => {
  beforeEach(() => vault.create(SOURCE, PASSWORD));

  test('an invalid sealed record without another copy is distinguished from a wrong password', async () => {
    await store.set('sealed', { version: 1 });
    await second.erase();
    await expect(vault.unlock(PASSWORD)).rejects.toThrow(fault('fault_vaultUnreadable'));
  });

  test.each([{ key: 'zz', deadline: 9e15 }, { deadline: 9e15 }, 'key'])(
    'a session of another shape counts as locked: %j',
    async (value) => {
      await session.set('vault', value);
      expect(await vault.isUnlocked()).toBe(false);
      await expect(vault.seed()).rejects.toThrow(fault('fault_locked'));
    },
  );

  test('a lost session record locks the vault, and the password unlocks it', async () => {
    await store.remove('session');
    await expect(vault.seed()).rejects.toThrow(fault('fault_locked'));
    await vault.unlock(PASSWORD);
    expect(await vault.seed()).toEqual(SEED);
  });

  test('erasing removes every record, and another vault can be created', async () => {
    await vault.erase(async () => store.held.clear());
    expect([store.held.size, second.copies.length, session.held.size]).toEqual([0, 0, 0]);
    await vault.create({ kind: 'seed', hex: '00'.repeat(32) }, OTHER);
    expect(await vault.isUnlocked()).toBe(true);
  });
});
