/** A store of the vault: IndexedDB for lasting values, `storage.session` for values that end with the browser. */
export interface KeyedStore<Key extends string> {
  /** The value, or undefined. The caller checks it. */
  get(key: Key): Promise<unknown>;
  /** Stores a plain JSON value in the place of the earlier one. */
  set(key: Key, value: unknown): Promise<void>;
  remove(key: Key): Promise<void>;
}

/**
 * The lasting values: the sealed seed, the seed and the pocket's keys under their session keys, and the wrong passwords so
 * far.
 */
export type VaultStore = KeyedStore<'sealed' | 'session' | 'pocket' | 'tries'>;

/** The values that must end with the browser: two session keys with their deadlines. Nothing else is written here. */
export type SessionStore = KeyedStore<'vault' | 'pocket'>;
