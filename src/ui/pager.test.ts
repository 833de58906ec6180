import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import { Pager } from './pager.ts';

interface Entry {
  readonly id: string;
  readonly state: string;
}

/** A long list on the other side, newest first, read by cursor as the journal is. */
class Shelf {
  entries: Entry[] = [];
  asked = 0;
  readonly size: number;

  constructor(count: number, size: number) {
    this.size = size;
    for (let index = 0; index < count; index++) this.add();
  }

  add(): void {
    this.entries.unshift({ id: String(this.entries.length), state: 'new' });
  }

  readonly load = async (before: string | null) => {
    this.asked += 1;
    const from = before === null ? 0 : this.entries.findIndex(({ id }) => id === before) + 1;
    const items = this.entries.slice(from, from + this.size);
    const more = from + this.size < this.entries.length;
    return { items, next: more ? (items.at(-1)?.id ?? null) : null };
  };
}

const ids = (pager: Pager<Entry>) => pager.items.value.map(({ id }) => id);

describe('a pager', () => {
  test('opens ten thousand entries with one page', async () => {
    const shelf = new Shelf(10_000, 50);
    const pager = new Pager(shelf.load);
    await pager.refresh();
    expect(shelf.asked).toBe(1);
    expect(ids(pager)).toHaveLength(50);
    expect(pager.hasMore).toBe(true);
  });

  test('loads every entry once up to the end, and stops there', async () => {
    const shelf = new Shelf(12, 5);
    const pager = new Pager(shelf.load);
    await pager.refresh();
    await pager.more();
    await pager.more();
    expect(ids(pager)).toEqual(shelf.entries.map(({ id }) => id));
    expect(pager.hasMore).toBe(false);
    await pager.more();
    expect(shelf.asked).toBe(3);
  });

  test('loads a page once, however often the end comes into view', async () => {
    const shelf = new Shelf(100, 5);
    const pager = new Pager(shelf.load);
    await pager.refresh();
    await Promise.all([pager.more(), pager.more(), pager.more()]);
    expect(ids(pager)).toHaveLength(10);
  });

  test('adds new entries at the top without moving the cursor', async () => {
    const shelf = new Shelf(12, 5);
    const pager = new Pager(shelf.load);
    await pager.refresh();
    await pager.more();
    shelf.add();
    shelf.add();
    await pager.refresh();
    await pager.more();
    expect(ids(pager)).toEqual(shelf.entries.map(({ id }) => id));
  });

  test('drops the old list when more entries arrived than a page holds', async () => {
    const shelf = new Shelf(12, 5);
    const pager = new Pager(shelf.load);
    await pager.refresh();
    for (let index = 0; index < 6; index++) shelf.add();
    await pager.refresh();
    expect(ids(pager)).toEqual(shelf.entries.slice(0, 5).map(({ id }) => id));
  });

  test('removes entries that are gone from its top, and finds moved entries further down', async () => {
    const shelf = new Shelf(12, 5);
    const pager = new Pager(shelf.load);
    await pager.refresh();
    await pager.more();
    const [gone, moved, ...rest] = shelf.entries;
    if (gone === undefined || moved === undefined) throw new Error('there are twelve');
    shelf.entries = [...rest, moved];
    await pager.refresh();
    expect(ids(pager)).toEqual(rest.slice(0, 8).map(({ id }) => id));
    await pager.more();
    expect(ids(pager)).toEqual(shelf.entries.map(({ id }) => id));
  });

  test('reloads the open entry, however deep in the list it is', async () => {
    const shelf = new Shelf(20, 5);
    const pager = new Pager(shelf.load);
    await pager.refresh();
    await pager.more();
    shelf.entries = shelf.entries.map((entry) => ({ ...entry, state: 'settled' }));
    await pager.refresh('12');
    expect(pager.items.value.find(({ id }) => id === '12')?.state).toBe('settled');
  });

  test('keeps its entries when a page fails, and can load on', async () => {
    const shelf = new Shelf(12, 5);
    let broken = false;
    const pager = new Pager<Entry>(async (before) => {
      if (broken) throw new Fault('fault_storageUnusable');
      return shelf.load(before);
    });
    await pager.refresh();
    broken = true;
    await pager.more();
    expect(pager.loading.value).toMatchObject({ kind: 'failed', fault: { key: 'fault_storageUnusable' } });
    expect(ids(pager)).toHaveLength(5);
    broken = false;
    await pager.more();
    expect(ids(pager)).toHaveLength(10);
  });

  test('shows the top of the list without gaps or duplicates, in any order of loads and additions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('add', 'more', 'refresh'), { maxLength: 40 }),
        async (steps) => {
          const shelf = new Shelf(7, 3);
          const pager = new Pager(shelf.load);
          for (const step of steps) {
            if (step === 'add') shelf.add();
            else await pager[step]();
          }
          await pager.refresh();
          const shown = ids(pager);
          expect(shown).toEqual(shelf.entries.slice(0, shown.length).map(({ id }) => id));
        },
      ),
    );
  });
});
