import type { IDBPTransaction } from 'idb';
import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash } from '../nano/block.ts';
import {
  blockOf,
  isOpen,
  isSmall,
  type Transfer,
  type TransferEntry,
  type TransferState,
  type TransferStore,
} from '../wallet/transfer.ts';
import { putNewest } from './chains.ts';
import { inTransaction } from './in-transaction.ts';
import { creditRefund } from './refunds.ts';
import type { Database, Place, PurseSchema } from './schema.ts';

/** Added to a time (ms) to sort open transfers first: more than any time, and small enough for an exact sum. */
const OFFSET = 2 ** 52;

/** Which transfers a list holds: all, the small ones, or all others. */
export type TransferRange = 'all' | 'main' | 'small';

/** The places of a range after `before`; all of them for null. */
export function placesOf(range: TransferRange, before: Place | null): IDBKeyRange | null {
  const below = before ?? (range === 'small' ? [0] : null);
  if (range !== 'main') return below === null ? null : IDBKeyRange.upperBound([...below], true);
  return below === null ? IDBKeyRange.lowerBound([0]) : IDBKeyRange.bound([0], [...below], false, true);
}

/**
 * The place of a transfer in lists. An open transfer comes before all settled ones, so that it is found without reading
 * the rest. Small receives come last.
 */
export function placeOf(transfer: Transfer): Place {
  const { at, id } = transfer;
  if (isOpen(transfer)) return [at + OFFSET, id];
  return [isSmall(transfer) ? at - OFFSET : at, id];
}

/** The transaction in which transfers change. */
type Changing = IDBPTransaction<PurseSchema, ('transfers' | 'payments' | 'spending')[], 'readwrite'>;

/** Transfers in IndexedDB. */
export class StoredTransfers implements TransferStore {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  async record(entries: readonly TransferEntry[]): Promise<void> {
    const transaction = this.#database.transaction(['transfers', 'chains', 'blocks'], 'readwrite', {
      durability: 'strict',
    });
    const [transfers, chains, blocks] = [
      transaction.objectStore('transfers'),
      transaction.objectStore('chains'),
      transaction.objectStore('blocks'),
    ];
    await inTransaction(transaction, async () => {
      for (const { own, transfer } of entries) {
        await putNewest(chains, blocks, own);
        if (transfer === null) continue;
        const before = await transfers.get(transfer.id);
        const again = before?.state?.kind === 'refused' && { at: before.at, state: before.state };
        const refund = before?.refundOf !== undefined && { refundOf: before.refundOf };
        const row: Transfer = { ...transfer, state: { kind: 'waiting' }, ...again, ...refund };
        await transfers.put({ ...row, place: placeOf(row) });
      }
    });
  }

  async settle(ids: readonly BlockHash[], state: TransferState | null): Promise<void> {
    await this.#change(ids, async ({ state: before, ...transfer }, transaction) => {
      if (state !== null) return { ...transfer, state };
      const done = before?.kind === 'refused' ? { ...transfer, at: this.#now() } : transfer;
      if (done.refundOf !== undefined) return done;
      const refundOf = await creditRefund(transaction, done);
      return refundOf === null ? done : { ...done, refundOf };
    });
  }

  async open(network: string, account: NanoAddress): Promise<readonly Transfer[]> {
    const transaction = this.#database.transaction(['transfers', 'blocks']);
    const rows = await transaction
      .objectStore('transfers')
      .index('place')
      .getAll(IDBKeyRange.lowerBound([OFFSET]));
    const blocks = transaction.objectStore('blocks');
    const own: Transfer[] = [];
    for (const { place: _, ...transfer } of rows.toReversed()) {
      if (transfer.network.id !== network) continue;
      if ((await blocks.get(blockOf(transfer)))?.account === account) own.push(transfer);
    }
    return own;
  }

  async forget(ids: readonly BlockHash[]): Promise<void> {
    // A refund was on the ledger already, before a node named its send again: its record shows that it was counted.
    await this.#change(ids, async ({ state: _, ...transfer }) =>
      transfer.refundOf === undefined ? null : transfer,
    );
  }

  /** Changes those of the transfers that are open; one for which `change` resolves with null is removed. */
  async #change(
    ids: readonly BlockHash[],
    change: (transfer: Transfer, transaction: Changing) => Promise<Transfer | null>,
  ): Promise<void> {
    const transaction: Changing = this.#database.transaction(
      ['transfers', 'payments', 'spending'],
      'readwrite',
    );
    const transfers = transaction.objectStore('transfers');
    await inTransaction(transaction, async () => {
      for (const id of ids) {
        const row = await transfers.get(id);
        if (row === undefined || !isOpen(row)) continue;
        const { place: _, ...transfer } = row;
        const changed = await change(transfer, transaction);
        if (changed === null) await transfers.delete(id);
        else await transfers.put({ ...changed, place: placeOf(changed) });
      }
    });
  }
}
