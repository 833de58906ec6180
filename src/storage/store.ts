import { unwrap } from 'idb';
import { Fault } from '../fault.ts';
import { copyDatabase } from './copy.ts';
import { type Location, locationAfter } from './location.ts';
import type { Database } from './schema.ts';

export interface StorePorts {
  /** @throws Fault as `openDatabase` */
  readonly open: (location: Location) => Promise<Database>;
  readonly remove: (location: Location) => Promise<void>;
  /** Whether the disk has enough free space for writes. */
  readonly hasRoom: () => Promise<boolean>;
  /** Records the new location of the database, outside it, for the next start of the browser. @throws Fault */
  readonly moved: (location: Location) => Promise<void>;
  /**
   * Called when a write has failed, and when the store is in use again. The next start of the worker gets the state.
   */
  readonly changed: (state: StoreState) => void;
  /** Called when the store becomes usable, or unusable because the disk is full. */
  readonly usable: (isUsable: boolean) => void;
  readonly now: () => number;
}

/** `isTorn`: a write failed at this location, so that nothing more may be written there. */
export interface StoreState {
  readonly location: Location;
  readonly isTorn: boolean;
}

/** How long a check that found enough free space is reused (ms): each is a call to the browser process. */
const ROOM_CACHE_MS = 5_000;

/** The errors of a transaction that the disk causes. Any other error is caused by the extension's own code. */
const DISK_FAILURES: readonly string[] = ['QuotaExceededError', 'UnknownError', 'TimeoutError'];

/**
 * The wallet's database, which is moved to another location after a failed write. A write that a full disk cuts short
 * leaves a torn record in the log of Chromium's database. The records before it can still be read. After one more
 * write, the next start of the browser finds the torn record and deletes the whole database. Therefore nothing more is
 * written there: once the disk has free space, all records are copied to another location and read back, and only then is the
 * new location used and recorded. To make this rare, nothing new is started on a disk that is nearly full.
 */
export class Store {
  readonly #ports: StorePorts;
  #location: Location;
  #current: Database | null = null;
  #moving: Promise<void> | undefined;
  #hadRoomAt = Number.NEGATIVE_INFINITY;
  #wasUsable: boolean | undefined;

  /** The database at its present location. While none is in use, every access throws Fault `fault_storageFull`. */
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
   * Opens the store. Moves it first where a write failed before this start of the worker.
   *
   * @throws Fault `fault_storageFull` while the disk has too little free space, and those of `openDatabase`
   */
  static async open(ports: StorePorts, { location, isTorn }: StoreState): Promise<Store> {
    const store = new Store(ports, location);
    if (!isTorn) store.#use(await store.#opened(location), location);
    await store.ready();
    return store;
  }

  /**
   * Resolves when the database can be used and the disk has free space. Tries to move the database where a write failed.
   *
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
    if (age >= 0 && age < ROOM_CACHE_MS) return true;
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
    // The browser closes a database that it can no longer use.
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
    // An earlier attempt may have left an incomplete copy there.
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

  /** Opens a database. A failure on a full disk is `fault_storageFull`, because the database may be undamaged. */
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
