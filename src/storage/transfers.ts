import type { OwnBlock } from '../payments/own-block.ts';
import type { Transfer } from '../payments/transfer.ts';
import { atomically } from './atomically.ts';
import { putNewest } from './chains.ts';
import type { Database } from './database.ts';

/** Writes a transfer and its block as the account's newest, in one transaction: both or neither. @throws Fault `fault_chequeOut` */
export async function recordTransfer(database: Database, transfer: Transfer, own: OwnBlock): Promise<void> {
  const transaction = database.transaction(['transfers', 'chains', 'blocks'], 'readwrite', {
    durability: 'strict',
  });
  await atomically(transaction, async () => {
    await transaction.objectStore('transfers').put({ ...transfer, place: [transfer.at, transfer.id] });
    await putNewest(transaction.objectStore('chains'), transaction.objectStore('blocks'), own);
  });
}
