import type { NanoAddress } from '../nano/account.ts';
import type { ChainStore } from '../payments/journal.ts';
import type { OwnBlock } from '../payments/own-block.ts';
import type { Database } from './database.ts';

/** The newest own block of every account, in IndexedDB. */
export class StoredChains implements ChainStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async newest(network: string, account: NanoAddress): Promise<OwnBlock | null> {
    return (await this.#database.get('chains', [network, account])) ?? null;
  }

  async put(own: OwnBlock): Promise<void> {
    const transaction = this.#database.transaction('chains', 'readwrite', { durability: 'strict' });
    await Promise.all([transaction.store.put(own), transaction.done]);
  }
}
