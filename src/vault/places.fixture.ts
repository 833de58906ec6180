import type { KeyedStore } from './keyed-store.ts';
import { isSame, type SecondPlace, type SeedCopy } from './seed-copies.ts';

/** A store of JSON texts, like the browser's stores, whose contents a test can read. */
export class JsonStore<Key extends string> implements KeyedStore<Key> {
  readonly held = new Map<Key, string>();
  async get(key: Key): Promise<unknown> {
    const text = this.held.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }
  async set(key: Key, value: unknown): Promise<void> {
    this.held.set(key, JSON.stringify(value));
  }
  async remove(key: Key): Promise<void> {
    this.held.delete(key);
  }
}

/** A second place that keeps its copies in memory, newest last. */
export class MemoryPlace implements SecondPlace {
  copies: SeedCopy[] = [];
  async read(): Promise<SeedCopy | null> {
    return this.copies.at(-1) ?? null;
  }
  async holds(copy: SeedCopy): Promise<boolean> {
    const newest = this.copies.at(-1);
    return newest !== undefined && isSame(newest, copy) && newest.account === copy.account;
  }
  async write(copy: SeedCopy): Promise<void> {
    this.copies.push(structuredClone(copy));
  }
  async tidy(): Promise<void> {
    this.copies = this.copies.slice(-1);
  }
  async erase(): Promise<void> {
    this.copies = [];
  }
}
