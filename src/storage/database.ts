import { wrap } from 'idb';
import { Fault } from '../fault.ts';
import { countInWindows } from './migrations/v3.ts';
import { markOrdinary } from './migrations/v5.ts';
import { renameFields } from './migrations/v6.ts';
import { choosePocketCloses, forgetHandOverSites, renameSignedBlock } from './migrations/v7.ts';
import type { Database, Upgrade } from './schema.ts';

const VERSION = 7;

/**
 * Opens the wallet's database, and creates or migrates it where needed.
 *
 * @param factory where the database is: a storage bucket has a factory of its own.
 * @throws Fault `fault_storageUnusable` where the browser does not allow storage; `fault_storageNewer` where a later
 * version of the extension has written it
 */
export async function openDatabase(name: string, factory: IDBFactory = indexedDB): Promise<Database> {
  let broken: unknown;
  try {
    const request = factory.open(name, VERSION);
    request.addEventListener('upgradeneeded', ({ oldVersion }) => {
      const database = wrap(request.result) as unknown as Database;
      const transaction = wrap(request.transaction as IDBTransaction) as unknown as Upgrade;
      upgrade(database, transaction, oldVersion).catch((failure: unknown) => {
        broken = failure;
        transaction.abort();
      });
    });
    const database = (await wrap(request)) as unknown as Database;
    // A later version wants to open the database, which an open connection of this version would block.
    database.addEventListener('versionchange', () => database.close());
    return database;
  } catch (cause) {
    const isNewer = cause instanceof DOMException && cause.name === 'VersionError';
    throw new Fault(isNewer ? 'fault_storageNewer' : 'fault_storageUnusable', [], { cause: broken ?? cause });
  }
}

/** Runs the migrations. One that fails aborts them all and the opening: the data stays as it was. */
async function upgrade(database: Database, transaction: Upgrade, from: number): Promise<void> {
  if (from < 1) createFirst(database);
  if (from < 4) database.createObjectStore('blocks', { keyPath: 'hash' });
  transaction.done.catch(() => undefined);
  if (from < 3) await countInWindows(database, transaction);
  if (from < 5) await markOrdinary(transaction);
  if (from < 6) await renameFields(transaction);
  if (from < 7) {
    await renameSignedBlock(transaction);
    await choosePocketCloses(transaction);
    await forgetHandOverSites(database, transaction);
  }
}

function createFirst(database: Database): void {
  database.createObjectStore('vault');
  database.createObjectStore('settings');
  database.createObjectStore('networks', { keyPath: 'id' });
  const payments = database.createObjectStore('payments', { keyPath: 'id' });
  payments.createIndex('place', 'place', { unique: true });
  payments.createIndex('once', 'once');
  payments.createIndex('challenge', 'challenge');
  payments.createIndex('resource', 'resource');
  payments.createIndex('payee', 'payee');
  payments.createIndex('underway', 'underway');
  payments.createIndex('undelivered', 'undelivered');
  database.createObjectStore('transfers', { keyPath: 'id' }).createIndex('place', 'place', { unique: true });
  database.createObjectStore('budgets', { keyPath: ['network', 'site'] });
  database.createObjectStore('spending', { keyPath: ['network', 'site', 'day'] });
  database.createObjectStore('blocked', { keyPath: 'site' });
  database.createObjectStore('chains', { keyPath: ['network', 'account'] });
  database.createObjectStore('work');
  database.createObjectStore('workIntents');
  database.createObjectStore('log', { autoIncrement: true });
}
