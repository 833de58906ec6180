/** Where a vault keeps things, as a port: IndexedDB for what lasts, `storage.session` for what dies with the browser. */
export interface KeyedStore<Key extends string> {
  /** The value, or undefined. What comes back is checked by whoever asks. */
  get(key: Key): Promise<unknown>;
  /** Keeps a plain JSON value in place of the one before. */
  set(key: Key, value: unknown): Promise<void>;
  remove(key: Key): Promise<void>;
}

/** What lasts: the sealed seed, the seed under the session key, and the wrong passwords so far. */
export type VaultStore = KeyedStore<'sealed' | 'session' | 'tries'>;

/** What must be gone when the browser is: the session key and its deadline. Nothing else is ever written here. */
export type SessionStore = KeyedStore<'vault'>;
