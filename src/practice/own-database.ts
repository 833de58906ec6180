import { deferred } from '../concurrency.ts';
import { openDatabase } from '../storage/database.ts';
import type { Database } from '../storage/schema.ts';

const PREFIX = 'nano-purse practice ';

/**
 * Opens a database for this page alone. It holds nothing that is worth keeping: those of pages that are gone are removed.
 *
 * @throws Fault as `openDatabase`
 */
export async function openOwnDatabase(): Promise<Database> {
  const name = `${PREFIX}${crypto.randomUUID()}`;
  // Held as long as the page is there, so that another one leaves this database alone.
  const { promise: isHeld, resolve: held } = deferred<void>();
  void navigator.locks.request(name, () => {
    held();
    return new Promise(() => undefined);
  });
  await isHeld;
  const { held: locks = [] } = await navigator.locks.query();
  const inUse = new Set(locks.map((lock) => lock.name));
  for (const { name: other } of await indexedDB.databases()) {
    if (other?.startsWith(PREFIX) && !inUse.has(other)) indexedDB.deleteDatabase(other);
  }
  return openDatabase(name);
}
