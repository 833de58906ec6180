import type { Database, LogLine } from './schema.ts';

/** The number of lines that are kept. */
const MOST_LINES = 200;
/** The reasons that a flood of 402s has. Lines of one site with one of them are joined into one line with a count. */
const FLOOD_KEYS: readonly string[] = [
  'refusal_QUEUE_FULL',
  'refusal_UNHELD',
  'refusal_MANUAL',
  'refusal_MANUAL_PAGE',
];

/** The log of what was not paid, in IndexedDB: the newest lines only. */
export class StoredLog {
  readonly #database: Database;
  /** The lines of floods that wait for earlier writes, by site and reason. */
  readonly #pending = new Map<string, LogLine>();
  #writing: Promise<void> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Adds a line. A flood of one site becomes one line with a count, written as often as earlier writes allow. */
  async add(line: LogLine): Promise<void> {
    if (!FLOOD_KEYS.includes(line.key)) return this.#add(line);
    const what = `${line.site} ${line.key}`;
    this.#pending.set(what, sum(line, this.#pending.get(what)));
    this.#writing ??= this.#addPending();
    return this.#writing;
  }

  /** All lines, newest first. */
  async list(): Promise<readonly LogLine[]> {
    return (await this.#database.getAll('log')).reverse();
  }

  async #addPending(): Promise<void> {
    try {
      for (const [what, line] of this.#pending) {
        this.#pending.delete(what);
        await this.#add(line);
      }
    } finally {
      this.#writing = undefined;
    }
  }

  async #add(line: LogLine): Promise<void> {
    const { store, done } = this.#database.transaction('log', 'readwrite');
    const newest = await store.openCursor(null, 'prev');
    const isMore = FLOOD_KEYS.includes(line.key) && newest?.value.key === line.key;
    if (isMore && newest.value.site === line.site) {
      await Promise.all([newest.update(sum(line, newest.value)), done]);
      return;
    }
    const key = await store.add(line);
    await Promise.all([store.delete(IDBKeyRange.upperBound(key - MOST_LINES)), done]);
  }
}

/** Joins two lines of the same site and reason. */
function sum(line: LogLine, before: LogLine | undefined): LogLine {
  return before === undefined ? line : { ...line, times: (before.times ?? 1) + (line.times ?? 1) };
}
