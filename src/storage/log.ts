import type { Database, LogLine } from './schema.ts';

/** How many lines are kept. */
const MOST_LINES = 200;
/** What a storm is answered with: told once, and how often. */
const OF_STORMS: readonly string[] = ['refusal_QUEUE_FULL', 'refusal_UNHELD'];

/** The log of what was not paid, in IndexedDB: the newest lines only. */
export class StoredLog {
  readonly #database: Database;
  /** What is to be said of storms, by site and reason, while the lines before it are written. */
  readonly #crowds = new Map<string, LogLine>();
  #writing: Promise<void> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A storm of a site is one line, that says how often it asked, and costs no more writes than there is time for. */
  async add(line: LogLine): Promise<void> {
    if (!OF_STORMS.includes(line.key)) return this.#add(line);
    const what = `${line.site} ${line.key}`;
    this.#crowds.set(what, sum(line, this.#crowds.get(what)));
    this.#writing ??= this.#addCrowds();
    return this.#writing;
  }

  /** Newest first. */
  async list(): Promise<readonly LogLine[]> {
    return (await this.#database.getAll('log')).reverse();
  }

  async #addCrowds(): Promise<void> {
    try {
      for (const [what, line] of this.#crowds) {
        this.#crowds.delete(what);
        await this.#add(line);
      }
    } finally {
      this.#writing = undefined;
    }
  }

  async #add(line: LogLine): Promise<void> {
    const { store, done } = this.#database.transaction('log', 'readwrite');
    const newest = await store.openCursor(null, 'prev');
    const isMore = OF_STORMS.includes(line.key) && newest?.value.key === line.key;
    if (isMore && newest.value.site === line.site) {
      await Promise.all([newest.update(sum(line, newest.value)), done]);
      return;
    }
    const key = await store.add(line);
    await Promise.all([store.delete(IDBKeyRange.upperBound(key - MOST_LINES)), done]);
  }
}

/** One line for two of the same site. */
function sum(line: LogLine, before: LogLine | undefined): LogLine {
  return before === undefined ? line : { ...line, times: (before.times ?? 1) + (line.times ?? 1) };
}
