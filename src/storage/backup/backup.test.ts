import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../fault.ts';
import { MAX_SUPPLY, type Raw } from '../../nano/amount.ts';
import { newWords, type SeedSource } from '../../nano/seed.ts';
import { copyOf } from '../../payments/payment.ts';
import { openFile, sealFile } from '../../vault/sealed-file.ts';
import { openDatabase } from '../database.ts';
import { RECORDS_OF_5, RECORDS_OF_7 } from '../migrations/version-5.fixture.ts';
import type { Database, PaymentRow } from '../schema.ts';
import { StoredSettings } from '../settings.ts';
import { fill } from './backup.fixture.ts';
import { STORES, takeRecords } from './backup.ts';
import { readBackup, writeBackup } from './file.ts';

const PASSWORD = 'correct horse battery staple';
const CHEAP = { memoryKiB: 1024, iterations: 1, parallelism: 1 };
const SOURCE: SeedSource = { kind: 'words', words: newWords(), reading: 'legacy' };
const SEALED = { sealed: 'by the vault' };
const fault = (key: string) => expect.objectContaining({ key });

let database: Database;
beforeEach(async () => {
  database = await openDatabase(crypto.randomUUID());
  await database.put('vault', SEALED, 'sealed');
});

const fresh = () => openDatabase(crypto.randomUUID());
const save = () => writeBackup(database, SOURCE, PASSWORD, CHEAP);

/** All rows and keys of a database by store. */
async function everything(of: Database): Promise<ReadonlyMap<string, unknown>> {
  const held = new Map<string, unknown>();
  for (const name of of.objectStoreNames) held.set(name, [await of.getAllKeys(name), await of.getAll(name)]);
  return held;
}

/** The expected rows of a store after a restore: a payment under way is marked as a copy. */
function restored(name: string, rows: readonly unknown[]): readonly unknown[] {
  if (name !== 'payments') return rows;
  return (rows as readonly PaymentRow[]).map((row) => ({ ...row, payment: copyOf(row.payment) }));
}

const isKept = (name: string) =>
  Object.entries(STORES).some(([store, how]) => store === name && !('leftOut' in how));

test('every store of the database is in the backup, or left out for a reason', async () => {
  expect([...database.objectStoreNames].sort()).toEqual(Object.keys(STORES).sort());
  const reasons = Object.values(STORES).flatMap((how) => ('leftOut' in how ? [how.leftOut] : []));
  expect(reasons.every((reason) => reason.length > 20)).toBe(true);
});

describe('a backup', () => {
  test('restores every key and row into another database', async () => {
    await fill(database);
    const before = await everything(database);
    for (const [name, [keys]] of before as Map<string, [unknown[]]>)
      expect([name, keys?.length]).not.toEqual([name, 0]);

    const other = await fresh();
    const backup = await readBackup(await save(), PASSWORD);
    expect(backup.source).toEqual(SOURCE);
    await backup.write(other, SEALED);
    const after = await everything(other);
    for (const [name, rows] of before) {
      const [keys, held] = rows as readonly [unknown, readonly unknown[]];
      if (isKept(name)) expect([name, after.get(name)]).toEqual([name, [keys, restored(name, held)]]);
    }
    expect(await other.getAllKeys('vault')).toEqual(['sealed']);
    expect(await other.get('vault', 'sealed')).toEqual(SEALED);
    expect([await other.count('work'), await other.count('workIntents'), await other.count('log')]).toEqual([
      0, 0, 0,
    ]);
    expect(await everything(database)).toEqual(before);
  });

  test('marks payments under way as copies, and none that is finished or confirmed', async () => {
    await fill(database);
    const other = await fresh();
    await (await readBackup(await save(), PASSWORD)).write(other, SEALED);
    const payments = (await other.getAll('payments')).map(({ payment }) => payment);
    const copies = payments.filter(({ isCopy }) => isCopy);
    const states = (some: typeof payments) => new Set(some.map(({ progress }) => progress.state));
    expect(states(copies)).toEqual(new Set(['signed', 'published']));
    const others = states(payments.filter(({ isCopy }) => !isCopy));
    expect([others.has('published'), others.has('confirmed')]).toEqual([false, true]);
  });

  test('omits the order of accounts, because every browser draws its own', async () => {
    const other = await fresh();
    await new StoredSettings(database).accountOrder();
    await (await readBackup(await save(), PASSWORD)).write(other, SEALED);
    expect(await other.get('settings', 'accountOrder')).toBeUndefined();
  });

  test('omits the source of the rate, which the user of another browser has not agreed to ask', async () => {
    const other = await fresh();
    const source = { url: 'https://rates.example/', path: 'eur', at: 1, askedAt: 1, fault: null };
    await new StoredSettings(database).write('rateSource', source);
    await (await readBackup(await save(), PASSWORD)).write(other, SEALED);
    expect(await new StoredSettings(other).read('rateSource')).toBeNull();
  });

  test('of a database that was never used can be restored', async () => {
    const other = await fresh();
    await (await readBackup(await save(), PASSWORD)).write(other, SEALED);
    expect(await everything(other)).toEqual(await everything(database));
  });

  test('keeps every amount exact', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 1n, max: MAX_SUPPLY }), async (amount) => {
        const [one, other] = [await fresh(), await fresh()];
        await fill(one, amount);
        const file = await writeBackup(one, SOURCE, PASSWORD, CHEAP);
        await (await readBackup(file, PASSWORD)).write(other, SEALED);
        for (const name of [
          'settings',
          'payments',
          'transfers',
          'budgets',
          'spending',
          'chains',
          'blocks',
        ] as const) {
          expect(await other.getAll(name)).toEqual(restored(name, await one.getAll(name)));
        }
      }),
      { numRuns: 4, examples: [[MAX_SUPPLY], [2n ** 53n + 1n]] },
    );
  });

  test('is not made under a password that is too short', async () => {
    await expect(writeBackup(database, SOURCE, '7 signs', CHEAP)).rejects.toThrow(
      fault('fault_shortPassword'),
    );
  });

  test('that could not be read again is not returned', async () => {
    await fill(database);
    await save();
    await database.put('spending', { network: 'n', site: '', window: '', spent: -1n as Raw });
    await expect(save()).rejects.toThrow(fault('fault_backupFailed'));
  });

  test('contains no seed, site or password in the clear', async () => {
    await fill(database);
    const file = await save();
    const [word = ''] = SOURCE.kind === 'words' ? SOURCE.words.split(' ') : [];
    for (const secret of [PASSWORD, 'shop', `"${word}`, 'payments', 'source'])
      expect(file).not.toContain(secret);
  });
});

describe('restoring', () => {
  test('over an existing wallet is refused, and changes nothing', async () => {
    await fill(database);
    const file = await save();
    const other = await fresh();
    await fill(other, 5n);
    await other.put('vault', 'another seed', 'sealed');
    const before = await everything(other);
    const backup = await readBackup(file, PASSWORD);
    await expect(backup.write(other, SEALED)).rejects.toThrow(fault('fault_vaultExists'));
    await other.delete('vault', 'sealed');
    await expect(backup.write(other, SEALED)).rejects.toThrow(fault('fault_vaultExists'));
    await other.put('vault', 'another seed', 'sealed');
    expect(await everything(other)).toEqual(before);
  });

  test('that fails half way writes nothing', async () => {
    await fill(database);
    const backup = await readBackup(await save(), PASSWORD);
    const other = await fresh();
    const before = await everything(other);
    // A function cannot be cloned, so the last write fails.
    await expect(backup.write(other, () => undefined)).rejects.toThrow();
    expect(await everything(other)).toEqual(before);
    await backup.write(other, SEALED);
  });

  type Contents = { source: unknown; records: { [store: string]: { [field: string]: unknown }[] } };
  /** A file whose contents were changed with the right password. */
  async function changed(change: (contents: Contents) => unknown): Promise<string> {
    await fill(database);
    const zipped = await openFile(await save(), PASSWORD);
    const text = await new Response(
      new Blob([zipped]).stream().pipeThrough(new DecompressionStream('gzip')),
    ).text();
    const contents: Contents = JSON.parse(text);
    const result = change(contents) ?? contents;
    const packed = new Blob([typeof result === 'string' ? result : JSON.stringify(result)])
      .stream()
      .pipeThrough(new CompressionStream('gzip'));
    return sealFile(new Uint8Array(await new Response(packed).arrayBuffer()), PASSWORD, CHEAP);
  }
  /** A change of the first record of a store. */
  const first = (store: string, fields: object) => (contents: Contents) => {
    Object.assign(contents.records[store]?.[0] ?? {}, fields);
  };

  test('a file of version 5 gives its records the names of today, and loses nothing', async () => {
    const file = await changed(() => ({ source: SOURCE, records: RECORDS_OF_5 }));
    const other = await fresh();
    await (await readBackup(file, PASSWORD)).write(other, SEALED);
    const text = JSON.stringify(await takeRecords(other), (_, value) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    expect(JSON.parse(text)).toEqual(RECORDS_OF_7);
  });

  test('a file of version 6 keeps the choice that every lock closes the pocket', async () => {
    const file = await changed(
      ({ records }) => void records.settings?.push({ name: 'pocketLocks', value: true }),
    );
    const other = await fresh();
    await (await readBackup(file, PASSWORD)).write(other, SEALED);
    expect(await new StoredSettings(other).read('pocketCloses')).toBe('lock');
  });

  type Fields = { readonly [field: string]: unknown };
  const ANOTHER_HASH = 'AB'.repeat(32);
  /** A change of the progress of the first payment in a state. */
  const inProgress =
    (state: string, change: (progress: Fields) => Fields) =>
    ({ records }: Contents) => {
      const payment = records.payments?.find(({ progress }) => Object(progress).state === state);
      if (payment === undefined) throw new Error(`no payment is ${state}`);
      payment.progress = change(Object(payment.progress));
    };
  /** A change of the handed-over block that the newest block of an account replaces. */
  const inReplaced =
    (change: (replaced: Fields) => Fields) =>
    ({ records }: Contents) => {
      const chain = records.chains?.find(({ replaces }) => replaces !== undefined);
      if (chain === undefined) throw new Error('no block replaces another');
      chain.replaces = change(Object(chain.replaces));
    };

  /** A change of what caused the payment for a test. */
  const inTest = (records: Contents['records'], fields: object): void => {
    const causes = records.payments?.map(({ intent }) => Object(Object(intent).challenge));
    Object.assign(
      causes?.find(({ kind }) => kind === 'test'),
      fields,
    );
  };

  const wrong: readonly [string, (contents: Contents) => unknown][] = [
    ['no JSON', () => '{'],
    ['an invalid seed', (contents) => ({ ...contents, source: { kind: 'seed', hex: 'xy' } })],
    ['invalid words', (contents) => ({ ...contents, source: { ...SOURCE, words: 'zoo '.repeat(24) } })],
    ['a missing store', (contents) => void delete contents.records.chains],
    ['an unknown store', (contents) => void Object.assign(contents.records, { more: [] })],
    ['a store that is no list', (contents) => void Object.assign(contents.records, { payments: {} })],
    ['a negative sum', first('spending', { spent: '-1' })],
    ['a fraction of a raw', first('budgets', { perDay: '1.5' })],
    ['an amount as a number', first('budgets', { perDay: 15 })],
    ['an invalid payee', first('budgets', { payTo: 'nano_1' })],
    ['an invalid site', first('blocked', { site: 'javascript:alert(1)' })],
    ['a network without nodes', first('networks', { rpcUrls: [] })],
    ['an unknown setting', first('settings', { name: 'sayPlease' })],
    ['the newest block of an account under another hash', first('chains', { hash: ANOTHER_HASH })],
    ['an earlier block under another hash', first('blocks', { hash: ANOTHER_HASH })],
    [
      'a block to replace under another hash',
      inReplaced((replaced) => ({ ...replaced, hash: ANOTHER_HASH })),
    ],
    [
      'a block to replace with another balance than was signed',
      inReplaced((replaced) => ({ ...replaced, block: { ...Object(replaced.block), balance: '6' } })),
    ],
    ...['signed', 'proven', 'settled', 'revoked'].flatMap(
      (state): readonly [string, (contents: Contents) => unknown][] => [
        [
          `a payment, ${state}, with its block under another hash`,
          inProgress(state, (progress) => ({ ...progress, hash: ANOTHER_HASH })),
        ],
        [
          `a payment, ${state}, with another block under its hash`,
          inProgress(state, (progress) => ({
            ...progress,
            block: { ...Object(progress.block), balance: '6' },
          })),
        ],
      ],
    ),
    ['a balance that was not signed', first('chains', { delta: '0', block: {} })],
    ['an empty story', first('payments', { story: [] })],
    ['an unknown state', first('payments', { progress: { state: 'rich' } })],
    ['an unknown field', first('payments', { more: 1 })],
    ['a test of a server without a web address', ({ records }) => inTest(records, { url: 'file:///paid' })],
    ['a test with a field of a request', ({ records }) => inTest(records, { method: 'GET' })],
    ['a field under its present and its earlier name', first('blocks', { moved: '1' })],
    [
      'a setting under its present and its earlier name',
      ({ records }) =>
        void records.settings?.push(
          { name: 'pocketLocks', value: true },
          { name: 'pocketCloses', value: 'later' },
        ),
    ],
    [
      'another amount than was offered',
      ({ records }) => void Object.assign(records.payments?.[0]?.intent ?? {}, { amount: '1' }),
    ],
  ];
  test.each(wrong)('a file with %s is refused, and nothing is written', async (_, change) => {
    await expect(readBackup(await changed(change), PASSWORD)).rejects.toThrow(
      fault('fault_backupUnreadable'),
    );
  });

  test('a file with two records of one key is refused, and nothing is written', async () => {
    const file = await changed(({ records }) => void records.blocked?.push(...records.blocked));
    await expect(readBackup(file, PASSWORD)).rejects.toThrow(fault('fault_backupUnreadable'));
  });

  test('a file without gzip, or with contents above the size limit, is refused', async () => {
    const noise = await sealFile(crypto.getRandomValues(new Uint8Array(99)), PASSWORD, CHEAP);
    await expect(readBackup(noise, PASSWORD)).rejects.toThrow(fault('fault_backupUnreadable'));
    const zeros = new Blob(Array.from({ length: 5 }, () => new Uint8Array(2 ** 26)));
    const bomb = await new Response(zeros.stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
    const file = await sealFile(new Uint8Array(bomb), PASSWORD, CHEAP);
    await expect(readBackup(file, PASSWORD)).rejects.toThrow(fault('fault_backupUnreadable'));
  });

  test('no failure repeats contents of the file', async () => {
    const file = await changed((contents) => ({ ...contents, source: { ...SOURCE, more: 'secret' } }));
    const failure: unknown = await readBackup(file, PASSWORD).catch((caught) => caught);
    expect(failure).toBeInstanceOf(Fault);
    const said = JSON.stringify([failure instanceof Fault && [failure.message, failure.cause]]);
    expect(said).not.toMatch(/secret|words":|zoo/);
    if (SOURCE.kind === 'words') expect(said).not.toContain(SOURCE.words);
  });
});
