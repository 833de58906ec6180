import * as v from 'valibot';
import { beforeEach, describe, expect, test } from 'vitest';
import { newWords } from '../nano/seed.ts';
import { seal } from '../vault/seal.ts';
import type { SeedCopy } from '../vault/seed-copies.ts';
import { LocationText } from './location.ts';
import { PrivateFiles } from './private-files.fixture.ts';
import { SeedFile } from './seed-file.ts';

const KDF = { memoryKiB: 1024, iterations: 1, parallelism: 1 };
const secret = new TextEncoder().encode(
  JSON.stringify({ kind: 'words', words: newWords(), reading: 'bip44' }),
);
const copyOf = async (generation: number): Promise<SeedCopy> => ({
  generation,
  account: null,
  sealed: await seal(secret, 'correct horse battery staple', KDF),
});
const at = (location: number) => v.parse(LocationText, location);

let disk: PrivateFiles;
let isRoomy: boolean;
/** The seed file as a restarted worker opens it, on the same disk. */
const restarted = () => new SeedFile({ root: async () => disk.root(), hasRoom: async () => isRoomy });
const names = () => [...disk.files.keys()].map((path) => path.split('/').at(-1));

let file: SeedFile;
beforeEach(() => {
  disk = new PrivateFiles();
  isRoomy = true;
  file = restarted();
});

test('a copy survives a restart of the worker', async () => {
  expect(await file.read()).toBeNull();
  const copy = await copyOf(1);
  await file.write(copy);
  expect(await restarted().read()).toEqual(copy);
  expect([await restarted().holds(copy), await restarted().holds(await copyOf(1))]).toEqual([true, false]);
});

test('the earlier copy stays until the next one is complete, and tidy removes it', async () => {
  const [before, next] = [await copyOf(1), await copyOf(2)];
  await file.write(before);
  await file.write(next);
  expect(names()).toEqual(['seed-1.json', 'seed-2.json']);
  expect(await restarted().read()).toEqual(next);
  await restarted().tidy();
  expect(names()).toEqual(['seed-2.json']);
});

test.each<readonly [string, (text: string) => string]>([
  ['cut', (text) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  [
    'flipped in one digit',
    (text) => text.replace(/[0-9A-F](?=[0-9A-F]{8}\\")/, (digit) => (digit === '7' ? '8' : '7')),
  ],
  ['no JSON', () => 'x'],
])('of two files the newest one that is whole counts, where the other is %s', async (_, damage) => {
  const before = await copyOf(1);
  await file.write(before);
  await file.write(await copyOf(2));
  for (const [path, text] of disk.files) {
    if (!path.endsWith('seed-2.json')) continue;
    expect(damage(text)).not.toBe(text);
    disk.files.set(path, damage(text));
  }
  expect(await restarted().read()).toEqual(before);
});

test('a file that reads back differently is not accepted as a copy', async () => {
  const files = disk.files;
  files.set = (path, text) => Map.prototype.set.call(files, path, text.slice(0, -1)) as typeof files;
  await expect(file.write(await copyOf(1))).rejects.toThrow('fault_storageUnusable');
});

test('nothing is written to a full disk', async () => {
  isRoomy = false;
  await expect(file.write(await copyOf(1))).rejects.toThrow('fault_storageFull');
  expect(names()).toEqual([]);
});

test('a browser without a private file system has no copy, and writing one is a fault', async () => {
  const without = new SeedFile({
    root: () => Promise.reject(new DOMException('', 'SecurityError')),
    hasRoom: async () => true,
  });
  expect([await without.read(), await without.location()]).toEqual([null, 0]);
  await expect(without.write(await copyOf(1))).rejects.toThrow('fault_storageUnusable');
});

describe('the location of the database', () => {
  test('is the first one until a move is recorded, and later copies keep it', async () => {
    expect(await file.location()).toBe(0);
    await file.write(await copyOf(1));
    await file.moveTo(at(3));
    expect(names()).toHaveLength(1);
    const next = restarted();
    expect([await next.location(), (await next.read())?.generation]).toEqual([3, 1]);
    await next.write(await copyOf(2));
    expect(await restarted().location()).toBe(3);
  });

  test('is recorded with a seed that is restored into another location', async () => {
    const copy = await copyOf(1);
    await file.write(copy);
    const next = restarted();
    next.use(at(1));
    expect(await next.holds(copy)).toBe(false);
    await next.write(copy);
    expect([await restarted().location(), await restarted().holds(copy)]).toEqual([1, true]);
  });
});

describe('erasing', () => {
  test('leaves no file', async () => {
    await file.write(await copyOf(1));
    await file.erase();
    expect([names(), await file.read()]).toEqual([[], null]);
  });

  test('records the location of the database in use, which may be one that only a lost database led to', async () => {
    await file.write(await copyOf(1));
    const next = restarted();
    next.use(at(1));
    await next.erase();
    const last = restarted();
    expect([await last.read(), await last.location()]).toEqual([null, 1]);
  });

  test('leaves no seed, but a location other than the first', async () => {
    await file.write(await copyOf(1));
    await file.moveTo(at(2));
    await file.erase();
    const next = restarted();
    expect([names().length, await next.read(), await next.location()]).toEqual([1, null, 2]);
    expect([...disk.files.values()].join()).not.toContain('ciphertext');
  });
});
