import type { Database, LogLine } from './database.ts';

/** How many lines are kept. */
const MOST_LINES = 200;

/** The log of what was not paid, in IndexedDB: the newest lines only. */
export class StoredLog {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(line: LogLine): Promise<void> {
    const { store, done } = this.#database.transaction('log', 'readwrite');
    const key = await store.add(line);
    await Promise.all([store.delete(IDBKeyRange.upperBound(key - MOST_LINES)), done]);
  }

  /** Newest first. */
  async list(): Promise<readonly LogLine[]> {
    return (await this.#database.getAll('log')).reverse();
  }
}
