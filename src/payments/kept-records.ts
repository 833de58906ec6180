import * as v from 'valibot';
import type { SessionStore } from '../interception/open-challenges.ts';

/** How many records of one kind are kept at most. */
const MOST = 100;

/** Records about challenges, kept where a killed worker's next life finds them, until the browser ends or the purse is locked. */
export class KeptRecords<T> {
  readonly #store: SessionStore;
  readonly #prefix: string;
  readonly #schema: v.GenericSchema<unknown, T>;
  #reading: Promise<Map<string, T>> | undefined;

  /** @param prefix of the keys in the store */
  constructor(store: SessionStore, prefix: string, schema: v.GenericSchema<unknown, T>) {
    this.#store = store;
    this.#prefix = prefix;
    this.#schema = schema;
  }

  /** The records by the ids of their challenges. */
  all(): Promise<ReadonlyMap<string, T>> {
    return this.#kept();
  }

  /**
   * Keeps a record. Resolves once it survives the end of the worker.
   *
   * @param stored as the schema reads it
   */
  async keep(id: string, record: T, stored: unknown): Promise<void> {
    const kept = await this.#kept();
    kept.set(id, record);
    const [oldest] = kept.keys();
    if (kept.size > MOST && oldest !== undefined) void this.end(oldest).catch(console.error);
    await this.#store.write(this.#prefix + id, stored);
  }

  /** Removes the record of a challenge. Resolves with whether there was one, once no next life finds it. */
  async end(id: string): Promise<boolean> {
    const wasKept = (await this.#kept()).delete(id);
    if (wasKept) await this.#store.remove([this.#prefix + id]);
    return wasKept;
  }

  #kept(): Promise<Map<string, T>> {
    this.#reading ??= this.#read().catch((failure: unknown) => {
      this.#reading = undefined;
      throw failure;
    });
    return this.#reading;
  }

  async #read(): Promise<Map<string, T>> {
    return new Map(
      [...(await this.#store.read(this.#prefix))].flatMap(([key, value]) => {
        const { success, output } = v.safeParse(this.#schema, value);
        return success ? [[key.slice(this.#prefix.length), output] as const] : [];
      }),
    );
  }
}
