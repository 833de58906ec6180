import { unwrap } from 'idb';
import { Fault } from '../fault.ts';
import { copyDatabase } from './copy.ts';
import { type Location, locationAfter } from './location.ts';
import type { Database } from './schema.ts';

export interface StorePorts {
  /** @throws Fault as `openDatabase` */
  readonly open: (location: Location) => Promise<Database>;
  readonly remove: (location: Location) => Promise<void>;
  /** Whether the disk has room to write. */
  readonly hasRoom: () => Promise<boolean>;
  /** Writes down where the database is from now on, where the next start of the browser reads it. @throws Fault */
  readonly moved: (location: Location) => Promise<void>;
  /** Told when a write has failed, and when the store is in use again: kept for the worker's next life. */
  readonly changed: (state: StoreState) => void;
  /** Told when the store becomes usable, or unusable for want of room. */
  readonly usable: (isUsable: boolean) => void;
  readonly now: () => number;
}

/** `isTorn`: a write failed there, so that nothing more may be written. */
export interface StoreState {
  readonly location: Location;
  readonly isTorn: boolean;
}

/** For how long the disk is believed to have room (ms): each look at it is a way to the browser and back. */
const BELIEVED = 5_000;

/** What a write fails with when the disk does; all else that ends a transaction is the purse's own doing. */
const DISK_FAILURES: readonly string[] = ['QuotaExceededError', 'UnknownError', 'TimeoutError'];

/**
 * The purse's database, and its move when a write to it has failed. A write that a full disk cuts short leaves a torn
 * record in the log of Chromium's database. Everything in front of it can still be read; after one more write behind it,
 * the next start of the browser finds the tear and throws all of it away. So nothing more is written there: once the
 * disk has room, all records are copied to another location and read back, and only then is that one used and named.
 * So that it hardly ever comes to that, nothing new is begun on a disk that is nearly full.
 */
export class Store {
  readonly #ports: StorePorts;
  #location: Location;
  #current: Database | null = null;
  #moving: Promise<void> | undefined;
  #hadRoomAt = Number.NEGATIVE_INFINITY;
  #wasUsable: boolean | undefined;

  /** The database, whichever it is by now. While there is none, every use of it throws Fault `fault_storageFull`. */
  readonly database: Database;

  private constructor(ports: StorePorts, location: Location) {
    this.#ports = ports;
    this.#location = location;
    this.database = new Proxy({} as Database, {
      get: (_, name) => {
        const current = this.#inUse();
        const value: unknown = Reflect.get(current, name);
        return typeof value === 'function' ? value.bind(current) : value;
      },
    });
  }

  /**
   * Opens the store, moving it first where a write failed in an earlier life of the worker.
   *
   * @throws Fault `fault_storageFull` while the disk has no room, and those of `openDatabase`
   */
  static async open(ports: StorePorts, { location, isTorn }: StoreState): Promise<Store> {
    const store = new Store(ports, location);
    if (!isTorn) store.#use(await store.#opened(location), location);
    await store.ready();
    return store;
  }

  /**
   * Resolved when the database can be used, and the disk has room; tries to move it where a write failed.
   * @throws Fault as `open`
   */
  async ready(): Promise<void> {
    try {
      if (this.#current === null) await this.#moved();
      else if (!(await this.#hasRoom())) throw new Fault('fault_storageFull');
    } catch (failure) {
      this.#tell(false);
      throw failure;
    }
    this.#tell(true);
  }

  #moved(): Promise<void> {
    this.#moving ??= this.#move().finally(() => {
      this.#moving = undefined;
    });
    return this.#moving;
  }

  async #hasRoom(): Promise<boolean> {
    const { hasRoom, now } = this.#ports;
    const age = now() - this.#hadRoomAt;
    if (age >= 0 && age < BELIEVED) return true;
    if (!(await hasRoom())) return false;
    this.#hadRoomAt = now();
    return true;
  }

  #tell(isUsable: boolean): void {
    if (this.#wasUsable !== isUsable) this.#ports.usable(isUsable);
    this.#wasUsable = isUsable;
  }

  #inUse(): Database {
    if (this.#current === null) throw new Fault('fault_storageFull');
    return this.#current;
  }

  #use(database: Database, location: Location): void {
    const raw = unwrap(database) as unknown as IDBDatabase;
    const fail = () => this.#fail(database);
    raw.addEventListener('abort', ({ target }) => {
      const error = (target as IDBTransaction).error;
      if (error !== null && DISK_FAILURES.includes(error.name)) fail();
    });
    // The browser closes a database by itself when it cannot go on with it.
    raw.addEventListener('close', fail);
    this.#location = location;
    this.#current = database;
    this.#ports.changed({ location, isTorn: false });
  }

  #fail(database: Database): void {
    if (this.#current !== database) return;
    this.#current = null;
    database.close();
    this.#ports.changed({ location: this.#location, isTorn: true });
    this.#tell(false);
  }

  async #move(): Promise<void> {
    const { hasRoom, remove, moved } = this.#ports;
    const [from, to] = [this.#location, locationAfter(this.#location)];
    if (!(await hasRoom())) throw new Fault('fault_storageFull');
    // What an earlier attempt has left there is no copy.
    await remove(to);
    const [old, copy] = [await this.#opened(from), await this.#opened(to)];
    try {
      if (!(await copyDatabase(old, copy))) throw new Fault('fault_storageUnusable');
      await moved(to);
    } catch (failure) {
      copy.close();
      throw failure;
    } finally {
      old.close();
    }
    this.#use(copy, to);
    await remove(from);
  }

  /** A full disk is one reason why a database cannot be opened: that passes, and no other is said instead. */
  async #opened(location: Location): Promise<Database> {
    try {
      return await this.#ports.open(location);
    } catch (failure) {
      const isUnusable = failure instanceof Fault && failure.key === 'fault_storageUnusable';
      if (!isUnusable || (await this.#ports.hasRoom())) throw failure;
      this.#ports.changed({ location: this.#location, isTorn: true });
      this.#tell(false);
      throw new Fault('fault_storageFull', [], { cause: failure });
    }
  }
}
