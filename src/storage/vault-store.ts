import type { VaultStore } from '../vault/keyed-store.ts';
import type { Database } from './schema.ts';

/** The vault's records in IndexedDB: ciphertexts, and the number of wrong passwords. */
export function storedVault(database: Database): VaultStore {
  return {
    get: (key) => database.get('vault', key),
    set: async (key, value) => void (await database.put('vault', value, key)),
    remove: (key) => database.delete('vault', key),
  };
}
