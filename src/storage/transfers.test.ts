import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { NETWORK } from '../payments/samples.fixture.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import { SMALL, type Transfer } from '../wallet/transfer.ts';
import { countSmallReceives, readActivity } from './activity.ts';
import { blockOf } from './backup/backup.fixture.ts';
import { StoredChains } from './chains.ts';
import { openDatabase } from './database.ts';
import type { Database, Place } from './schema.ts';
import { StoredTransfers } from './transfers.ts';

let database: Database;
let stored: StoredTransfers;
let now: number;
beforeEach(async () => {
  database = await openDatabase(crypto.randomUUID());
  now = 1_000;
  stored = new StoredTransfers(database, () => now);
});

let counter = 0n;
/** A receive that was just signed, and its block. */
function received(parts: Partial<Transfer> = {}, account: NanoAddress = STRANGER) {
  const { block, hash } = blockOf(account, ++counter);
  const own: OwnBlock = { network: NETWORK, account, subtype: 'receive', delta: SMALL, block, hash };
  const transfer: Transfer = {
    kind: 'received',
    id: blockOf(account, ++counter).hash,
    block: hash,
    at: now,
    amount: SMALL,
    counterparty: STRANGER,
    network: { id: NETWORK, testMoney: true },
    ...parts,
  };
  return { own, transfer };
}
const rows = async () =>
  (await database.getAllFromIndex('transfers', 'place')).map(({ place: _, ...transfer }) => transfer);
const ids = async (range: 'all' | 'main' | 'small', limit = 50) => {
  const read: string[] = [];
  let before: Place | null = null;
  do {
    const page: Awaited<ReturnType<typeof readActivity>> = await readActivity(database, before, limit, range);
    read.push(...page.items.map((item) => (item.kind === 'transfer' ? item.transfer.id : '')));
    before = page.next;
  } while (before !== null);
  return read;
};

describe('transfers that are recorded', () => {
  test('wait until they are done, and their newest block is the newest of the account', async () => {
    const [first, second] = [received(), received()];
    await stored.record([first, second]);
    expect(await rows()).toMatchObject([{ state: { kind: 'waiting' } }, { state: { kind: 'waiting' } }]);
    const chains = new StoredChains(database);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(second.own);
    expect(await chains.signed(first.own.hash)).toEqual(first.own);
    await stored.settle([first.transfer.id, second.transfer.id], null);
    expect((await rows()).map(({ state }) => state)).toEqual([undefined, undefined]);
  });

  test('are stored all or none', async () => {
    const [first, second] = [received(), received()];
    const unwritable = Object.create({}, { ...Object.getOwnPropertyDescriptors(second.own), account: {} });
    await expect(stored.record([first, { ...second, own: unwritable }])).rejects.toThrow();
    expect([await database.count('transfers'), await database.count('blocks')]).toEqual([0, 0]);
  });

  test('do not include moves between the user’s own accounts', async () => {
    const { own } = received();
    await stored.record([{ own, transfer: null }]);
    expect([await database.count('transfers'), await database.count('chains')]).toEqual([0, 1]);
  });

  test('again after a refusal keep their time and stay refused', async () => {
    const { own, transfer } = received();
    await stored.record([{ own, transfer }]);
    const state = { kind: 'refused', said: 'Unreceivable', tries: 1, at: now } as const;
    await stored.settle([transfer.id], state);
    now += 5;
    const again = received({ id: transfer.id });
    await stored.record([again]);
    expect(await rows()).toEqual([{ ...again.transfer, at: 1_000, state }]);
    await stored.settle([transfer.id], null);
    expect(await rows()).toEqual([{ ...again.transfer, at: 1_005 }]);
  });

  test('that are done or replaced do not change any more', async () => {
    const [done, replaced] = [received(), received({ kind: 'sent' })];
    await stored.record([done, replaced]);
    await stored.settle([done.transfer.id], null);
    await stored.settle([replaced.transfer.id], { kind: 'replaced' });
    const before = await rows();
    const all = [done.transfer.id, replaced.transfer.id];
    await stored.settle(all, { kind: 'waiting' });
    await stored.settle(all, null);
    await stored.forget(all);
    expect(await rows()).toEqual(before);
    const stateOf = (id: string) => before.find((row) => row.id === id)?.state?.kind;
    expect(all.map(stateOf)).toEqual([undefined, 'replaced']);
  });
});

describe('transfers that are not done', () => {
  test('are found by account and network, and done ones are not', async () => {
    const other = blockOf(STRANGER, 1n).block.representative;
    const [mine, theirs, done] = [received(), received({}, other), received()];
    const elsewhere = received({ network: { id: 'nano:elsewhere', testMoney: true } });
    await stored.record([mine, theirs, done, elsewhere]);
    await stored.settle([done.transfer.id], null);
    expect(await stored.open(NETWORK, STRANGER)).toMatchObject([{ id: mine.transfer.id }]);
    expect(await stored.open(NETWORK, other)).toMatchObject([{ id: theirs.transfer.id }]);
  });

  test('are removed when another block received their money', async () => {
    const { own, transfer } = received();
    await stored.record([{ own, transfer }]);
    await stored.forget([transfer.id]);
    expect(await rows()).toEqual([]);
    expect(await new StoredChains(database).newest(NETWORK, STRANGER)).toEqual(own);
  });
});

describe('the activity', () => {
  test('begins with what is not done, and ends with small receives, which are a range of their own', async () => {
    const small = { amount: (SMALL - 1n) as Raw };
    const entries = [
      received({ at: 1 }),
      received({ at: 2, ...small }),
      received({ at: 3, ...small }),
      received({ at: 4, ...small, kind: 'sent' }),
      received({ at: 5, ...small }),
      received({ at: 6 }),
    ];
    await stored.record(entries);
    const [first, second, third, sent, waiting, last] = entries.map(({ transfer }) => transfer.id);
    for (const id of [first, second, third, sent, last])
      if (id !== undefined) await stored.settle([id], null);
    for (const limit of [1, 2, 3, 50]) {
      expect(await ids('main', limit)).toEqual([waiting, last, sent, first]);
      expect(await ids('small', limit)).toEqual([third, second]);
      expect(await ids('all', limit)).toEqual([waiting, last, sent, first, third, second]);
    }
    expect(await countSmallReceives(database)).toEqual({ count: 2, newest: 3 });
  });

  test('without small receives counts none', async () => {
    const { own, transfer } = received({ amount: SMALL });
    await stored.record([{ own, transfer }]);
    await stored.settle([transfer.id], null);
    expect(await countSmallReceives(database)).toBeNull();
  });

  test('treats a row without a state, from an earlier version, as done', async () => {
    const { transfer } = received();
    const { block: _, ...old } = transfer;
    await database.put('transfers', { ...old, place: [old.at, old.id] });
    expect(await stored.open(NETWORK, STRANGER)).toEqual([]);
    expect(await ids('main')).toEqual([old.id]);
  });
});
