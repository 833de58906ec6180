/** A store of the vault: IndexedDB for lasting values, `storage.session` for values that end with the browser. */
export interface KeyedStore<Key extends string> {
  /** The value, or undefined. The caller checks it. */
  get(key: Key): Promise<unknown>;
  /** Stores a plain JSON value in the place of the earlier one. */
  set(key: Key, value: unknown): Promise<void>;
  remove(key: Key): Promise<void>;
}

/** The lasting values: the sealed seed, the seed under the session key, and the wrong passwords so far. */
export type VaultStore = KeyedStore<'sealed' | 'session' | 'tries'>;

/** The value that must end with the browser: the session key with its deadline. Nothing else is written here. */
export type SessionStore = KeyedStore<'vault'>;
