import type { IDBPObjectStore } from 'idb';
import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash } from '../nano/block.ts';
import type { ChainStore } from '../wallet/chain-store.ts';
import {
  type HandedOverBlock,
  handedOverFault,
  handedOverOn,
  type OwnBlock,
  settledBlock,
} from '../wallet/own-block.ts';
import { inTransaction } from './in-transaction.ts';
import type { Database, PurseSchema } from './schema.ts';

/** The newest own block of every account, and all earlier ones, in IndexedDB. */
export class StoredChains implements ChainStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async newest(network: string, account: NanoAddress): Promise<OwnBlock | null> {
    return (await this.#database.get('chains', [network, account])) ?? null;
  }

  async signed(hash: BlockHash): Promise<OwnBlock | null> {
    return (await this.#database.get('blocks', hash)) ?? null;
  }

  async put(own: OwnBlock): Promise<void> {
    const transaction = this.#database.transaction(['chains', 'blocks'], 'readwrite', {
      durability: 'strict',
    });
    await inTransaction(transaction, () =>
      putNewest(transaction.objectStore('chains'), transaction.objectStore('blocks'), own),
    );
  }

  async withhold(block: HandedOverBlock): Promise<boolean> {
    const transaction = this.#database.transaction(['chains', 'payments'], 'readwrite', {
      durability: 'strict',
    });
    return inTransaction(transaction, async () => {
      const chains = transaction.objectStore('chains');
      const newest = await chains.get([block.network, block.account]);
      const row = await transaction.objectStore('payments').get(block.handedOver.payment);
      if (newest?.hash !== block.hash || row?.payment.progress.state !== 'signed') return false;
      await chains.put(block);
      return true;
    });
  }

  async publishedByPayee(block: HandedOverBlock): Promise<void> {
    const transaction = this.#database.transaction('chains', 'readwrite', { durability: 'strict' });
    await inTransaction(transaction, async () => {
      const newest = await transaction.store.get([block.network, block.account]);
      if (handedOverOn(newest ?? null)?.hash !== block.hash) return;
      await transaction.store.put(settledBlock(block));
    });
  }

  async handedOver(): Promise<readonly HandedOverBlock[]> {
    const all = await this.#database.getAll('chains');
    return all.map(handedOverOn).filter((block) => block !== null);
  }
}

type Chains = IDBPObjectStore<PurseSchema, ArrayLike<'chains'>, 'chains', 'readwrite'>;
type Blocks = IDBPObjectStore<PurseSchema, ArrayLike<'blocks'>, 'blocks', 'readwrite'>;

/**
 * Writes a block as its account's newest, within a transaction.
 *
 * @throws Fault `fault_chequeOut` while a handed-over block is open that this block does not replace
 */
export async function putNewest(chains: Chains, blocks: Blocks, own: OwnBlock): Promise<void> {
  const out = handedOverOn((await chains.get([own.network, own.account])) ?? null);
  if (out !== null && own.replaces?.hash !== out.hash) throw handedOverFault(out.handedOver);
  await Promise.all([chains.put(own), blocks.put(own)]);
}
